-- One row per spelling of a unit in the delivery, and the unit of the catalogue that it leads to (NULL: none, or one of
-- several municipalities' and the row does not say which). Spellings of one unit share a unit_key; an unknown one is
-- known by its code, else by its name.
WITH spelled AS (
  SELECT DISTINCT unit_level, unit_code, unit_name, municipality_code
  FROM reading
),

found AS (
  SELECT
    spelled.*,
    by_code.unit_id AS unit_id_by_code,
    by_name.unit_id AS unit_id_by_name,
    coalesce(by_code.unit_id, by_name.unit_id) AS unit_id,
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
)

SELECT
  *,
  (dense_rank() OVER (ORDER BY unit_level, unit_id, unit))::INTEGER AS unit_key
FROM found
