-- The delivery's numbers under two small keys, so that rows are compared without reading their texts again.
SELECT
  reading.row_number,
  unit.unit_key,
  period.period_key,
  reading.numerator,
  reading.denominator,
  reading.value
FROM reading
INNER JOIN prepared.unit AS unit
  ON reading.unit_level IS NOT DISTINCT FROM unit.unit_level
  AND reading.unit_code IS NOT DISTINCT FROM unit.unit_code
  AND reading.unit_name IS NOT DISTINCT FROM unit.unit_name
  AND reading.municipality_code IS NOT DISTINCT FROM unit.municipality_code
INNER JOIN prepared.period
  ON reading.indicator_id IS NOT DISTINCT FROM period.indicator_id
  AND reading.period IS NOT DISTINCT FROM period.period
