-- The rows of a table or view, told by its name, with the unit of the catalogue that each is about: unit_id, which is
-- the one of that code, else of that name, in the municipality that the row tells; where it tells none, the only one
-- of that code or name. NULL: none.
CREATE OR REPLACE MACRO read.with_unit(table_name) AS TABLE
SELECT
  told.*,
  by_code.unit_id AS unit_id_by_code,
  by_name.unit_id AS unit_id_by_name,
  coalesce(by_code.unit_id, by_name.unit_id) AS unit_id
FROM query_table(table_name) AS told
LEFT JOIN catalogue.unit_published_as AS by_code
  ON told.unit_level = by_code.unit_level
  AND lower(trim(told.unit_code)) = by_code.published_as
  AND told.municipality_code IS NOT DISTINCT FROM by_code.municipality_code
LEFT JOIN catalogue.unit_published_as AS by_name
  ON told.unit_level = by_name.unit_level
  AND lower(trim(told.unit_name)) = by_name.published_as
  AND told.municipality_code IS NOT DISTINCT FROM by_name.municipality_code
