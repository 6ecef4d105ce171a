-- One row per unit of the delivery before: the catalogue's unit where the spelling leads to one, else the spelling.
WITH spelled AS (
  SELECT DISTINCT unit_level, unit_code, unit_name, municipality_code
  FROM previous
)

SELECT
  spelled.*,
  coalesce(by_code.unit_id, by_name.unit_id, spelled.unit_code, spelled.unit_name) AS unit
FROM spelled
LEFT JOIN catalogue.unit_published_as AS by_code
  ON spelled.unit_level = by_code.unit_level
  AND lower(trim(spelled.unit_code)) = by_code.published_as
  AND spelled.municipality_code IS NOT DISTINCT FROM by_code.municipality_code
LEFT JOIN catalogue.unit_published_as AS by_name
  ON spelled.unit_level = by_name.unit_level
  AND lower(trim(spelled.unit_name)) = by_name.published_as
  AND spelled.municipality_code IS NOT DISTINCT FROM by_name.municipality_code
