-- Rows of areas and agreements whose counts can be held against the sum of their parts.
SELECT
  reading.row_number,
  reading.indicator_id,
  reading.period,
  period.last_day,
  unit.unit_level,
  unit.unit_id,
  indicator.kind = 'amount' AS is_amount,
  CASE WHEN indicator.kind = 'amount' THEN coalesce(reading.value, reading.numerator) ELSE reading.numerator END
    AS numerator,
  reading.denominator
FROM reading
INNER JOIN prepared.unit AS unit
  ON reading.unit_level IS NOT DISTINCT FROM unit.unit_level
  AND reading.unit_code IS NOT DISTINCT FROM unit.unit_code
  AND reading.unit_name IS NOT DISTINCT FROM unit.unit_name
INNER JOIN prepared.period ON reading.indicator_id = period.indicator_id AND reading.period = period.period
INNER JOIN catalogue.indicator ON reading.indicator_id = indicator.indicator_id
WHERE reading.unit_level IN ('area', 'agreement') AND indicator.kind IN ('share', 'turnout', 'amount')
