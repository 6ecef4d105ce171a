-- Rows whose figure for the same indicator, unit and period is far from what the delivery before said:
-- shares by more than 10 percentage points, marks by more than 1, amounts and rates by more than a half.
WITH before AS (
  SELECT
    hash(previous.indicator_id, previous.unit_level, previous_unit.unit, previous.period) AS key_hash,
    coalesce(previous.value, previous.numerator / nullif(previous.denominator, 0), previous.numerator) AS figure
  FROM previous
  INNER JOIN prepared.previous_unit
    ON previous.unit_level IS NOT DISTINCT FROM previous_unit.unit_level
    AND previous.unit_code IS NOT DISTINCT FROM previous_unit.unit_code
    AND previous.unit_name IS NOT DISTINCT FROM previous_unit.unit_name
),

now AS (
  SELECT
    reading.row_number,
    indicator.kind,
    hash(
      reading.indicator_id,
      reading.unit_level,
      coalesce(unit.unit_id, unit.unit_code, unit.unit_name),
      reading.period
    ) AS key_hash,
    coalesce(reading.value, reading.numerator / nullif(reading.denominator, 0), reading.numerator) AS figure
  FROM reading
  INNER JOIN prepared.unit AS unit
    ON reading.unit_level IS NOT DISTINCT FROM unit.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM unit.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM unit.unit_name
  INNER JOIN catalogue.indicator ON reading.indicator_id = indicator.indicator_id
)

SELECT DISTINCT now.row_number
FROM now
INNER JOIN before ON now.key_hash = before.key_hash
WHERE CASE
  WHEN now.kind IN ('share', 'survey_share', 'turnout') THEN abs(now.figure - before.figure) > 0.1
  WHEN now.kind = 'mean' THEN abs(now.figure - before.figure) > 1
  ELSE abs(now.figure - before.figure) > 0.5 * abs(before.figure)
END
