-- Rows whose figure for the same indicator, unit and period is far from what the delivery before said:
-- shares by more than 10 percentage points, marks by more than 1, amounts and rates by more than a half.
WITH before AS (
  SELECT
    unit.unit_key,
    period.period_key,
    previous.instrument,
    coalesce(previous.value, previous.numerator / nullif(previous.denominator, 0), previous.numerator) AS figure
  FROM previous
  INNER JOIN prepared.previous_unit
    ON previous.unit_level IS NOT DISTINCT FROM previous_unit.unit_level
    AND previous.unit_code IS NOT DISTINCT FROM previous_unit.unit_code
    AND previous.unit_name IS NOT DISTINCT FROM previous_unit.unit_name
    AND previous.municipality_code IS NOT DISTINCT FROM previous_unit.municipality_code
  INNER JOIN (SELECT DISTINCT unit_key, unit_level, unit FROM prepared.unit) AS unit
    ON previous_unit.unit_level = unit.unit_level AND previous_unit.unit = unit.unit
  INNER JOIN prepared.period ON previous.indicator_id = period.indicator_id AND previous.period = period.period
),

compared AS (
  SELECT
    keyed_row.row_number,
    period.kind,
    before.instrument,
    before.figure AS figure_before,
    coalesce(keyed_row.value, keyed_row.numerator / nullif(keyed_row.denominator, 0), keyed_row.numerator) AS figure
  FROM prepared.keyed_row
  INNER JOIN before ON keyed_row.unit_key = before.unit_key AND keyed_row.period_key = before.period_key
  INNER JOIN prepared.period ON keyed_row.period_key = period.period_key
)

SELECT DISTINCT compared.row_number
FROM compared
INNER JOIN reading
  ON compared.row_number = reading.row_number AND compared.instrument IS NOT DISTINCT FROM reading.instrument
WHERE CASE
  WHEN kind IN ('share', 'survey_share', 'turnout') THEN abs(figure - figure_before) > 0.1
  WHEN kind = 'mean' THEN abs(figure - figure_before) > 1
  ELSE abs(figure - figure_before) > 0.5 * abs(figure_before)
END
