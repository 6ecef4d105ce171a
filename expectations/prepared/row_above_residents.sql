-- Rows whose denominator is larger than the number of residents that the same unit had in the same year.
-- Only units whose largest denominator passes their smallest number of residents are looked at row by row.
WITH suspect AS (
  SELECT unit_level, unit_code, unit_name
  FROM reading
  GROUP BY ALL
  HAVING max(denominator) FILTER (indicator_id <> 'residents')
    > min(coalesce(value, numerator)) FILTER (indicator_id = 'residents' AND coalesce(value, numerator) >= 0)
),

suspected AS (
  SELECT
    reading.row_number,
    reading.indicator_id,
    reading.denominator,
    coalesce(reading.value, reading.numerator) AS residents,
    unit.unit_level,
    coalesce(unit.unit_id, unit.unit_code, unit.unit_name) AS unit,
    year(period.last_day) AS period_year
  FROM reading
  INNER JOIN suspect
    ON reading.unit_level IS NOT DISTINCT FROM suspect.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM suspect.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM suspect.unit_name
  INNER JOIN prepared.unit AS unit
    ON reading.unit_level IS NOT DISTINCT FROM unit.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM unit.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM unit.unit_name
  INNER JOIN prepared.period ON reading.indicator_id = period.indicator_id AND reading.period = period.period
)

SELECT DISTINCT part.row_number
FROM suspected AS part
INNER JOIN suspected AS whole
  ON part.unit_level = whole.unit_level AND part.unit = whole.unit AND part.period_year = whole.period_year
WHERE whole.indicator_id = 'residents' AND whole.residents >= 0
  AND part.indicator_id <> 'residents' AND part.denominator > whole.residents
