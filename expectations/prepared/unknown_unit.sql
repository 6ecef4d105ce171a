-- Spellings that lead to no unit of the catalogue. Regions and the country are no units of ours: any name will do.
SELECT
  coalesce(unit_level, '') AS unit_level,
  coalesce(unit_code, '') AS unit_code,
  coalesce(unit_name, '') AS unit_name,
  coalesce(municipality_code, '') AS municipality_code
FROM prepared.unit
WHERE unit_id IS NULL
  AND NOT coalesce(unit_level IN ('region', 'country') AND coalesce(unit_code, unit_name) IS NOT NULL, false)
