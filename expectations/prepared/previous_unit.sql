-- One row per unit of the delivery before: the catalogue's unit where the spelling leads to one, else the spelling.
WITH spelled AS (
  SELECT DISTINCT unit_level, unit_code, unit_name, municipality_code
  FROM previous
)

SELECT
  * EXCLUDE (unit_id_by_code, unit_id_by_name, unit_id),
  coalesce(unit_id, unit_code, unit_name) AS unit
FROM read.with_unit('spelled')
