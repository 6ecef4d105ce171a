-- One row per delivered row that its checks let through, with the unit that it is about: the one of that code, else of that name,
-- in the municipality that the row tells; where it tells none, the only one of that code or name.
-- kind: scratch
SELECT
  parsed.* EXCLUDE (municipality_code),
  coalesce(by_code.unit_id, by_name.unit_id) AS unit_id
FROM raw.parsed
LEFT JOIN catalogue.unit_published_as AS by_code
  ON parsed.unit_level = by_code.unit_level
  AND lower(trim(parsed.unit_code)) = by_code.published_as
  AND parsed.municipality_code IS NOT DISTINCT FROM by_code.municipality_code
LEFT JOIN catalogue.unit_published_as AS by_name
  ON parsed.unit_level = by_name.unit_level
  AND lower(trim(parsed.unit_name)) = by_name.published_as
  AND parsed.municipality_code IS NOT DISTINCT FROM by_name.municipality_code
ANTI JOIN raw.quarantined
  ON parsed.delivery_id = quarantined.delivery_id AND parsed.row_number = quarantined.row_number
