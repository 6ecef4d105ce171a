-- One row per unit of the delivery before: the catalogue's unit where the spelling leads to one, else the spelling.
WITH spelled AS (
  SELECT DISTINCT unit_level, unit_code, unit_name
  FROM previous
),

known AS (
  SELECT unit_level, published_as, min(unit_id) AS unit_id
  FROM catalogue.unit_published_as
  GROUP BY ALL
)

SELECT
  spelled.*,
  coalesce(by_code.unit_id, by_name.unit_id, spelled.unit_code, spelled.unit_name) AS unit
FROM spelled
LEFT JOIN known AS by_code
  ON spelled.unit_level = by_code.unit_level AND lower(trim(spelled.unit_code)) = by_code.published_as
LEFT JOIN known AS by_name
  ON spelled.unit_level = by_name.unit_level AND lower(trim(spelled.unit_name)) = by_name.published_as
