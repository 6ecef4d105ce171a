-- Rows of areas and agreements whose counts can be held against the sum of their parts.
SELECT
  keyed_row.row_number,
  keyed_row.period_key,
  period.last_day,
  unit.unit_level,
  unit.unit_id,
  period.kind = 'amount' AS is_amount,
  CASE WHEN period.kind = 'amount' THEN coalesce(keyed_row.value, keyed_row.numerator) ELSE keyed_row.numerator END
    AS numerator,
  keyed_row.denominator
FROM prepared.keyed_row
INNER JOIN (SELECT DISTINCT unit_key, unit_level, unit_id FROM prepared.unit) AS unit
  ON keyed_row.unit_key = unit.unit_key
INNER JOIN prepared.period ON keyed_row.period_key = period.period_key
WHERE unit.unit_level IN ('area', 'agreement') AND period.kind IN ('share', 'turnout', 'amount')
