-- One row per spelling of a unit in the delivery, and the unit of the catalogue that it leads to (NULL: none, or one of
-- several municipalities' and the row does not say which). Spellings of one unit share a unit_key; an unknown one is
-- known by its code, else by its name.
WITH spelled AS (
  SELECT DISTINCT unit_level, unit_code, unit_name, municipality_code
  FROM reading
),

found AS (
  SELECT
    *,
    coalesce(unit_id, unit_code, unit_name) AS unit
  FROM read.with_unit('spelled')
)

SELECT
  *,
  (dense_rank() OVER (ORDER BY unit_level, unit_id, unit))::INTEGER AS unit_key
FROM found
