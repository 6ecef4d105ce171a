-- Rows about the same indicator, unit and period (and questionnaire) as another row: is it the first of them, and do they
-- contradict?
WITH repeated AS (
  SELECT unit_key::BIGINT << 32 | period_key AS both_keys
  FROM prepared.keyed_row
  GROUP BY ALL
  HAVING count(*) > 1
),

candidate AS (
  SELECT row_number, unit_key, period_key
  FROM prepared.keyed_row
  WHERE (unit_key::BIGINT << 32 | period_key) IN (SELECT both_keys FROM repeated)
),

compared AS (
  SELECT
    candidate.*,
    reading.instrument,
    hash(*COLUMNS(reading.* EXCLUDE (
      row_number, file_name, place, first_line, indicator_id, unit_level, unit_code, unit_name, municipality_code,
      period, note, sign
    ))) AS figures
  FROM reading
  INNER JOIN candidate ON reading.row_number = candidate.row_number
)

SELECT
  row_number,
  row_number = min(row_number) OVER same_key AS is_first,
  min(figures) OVER same_key <> max(figures) OVER same_key AS is_contradicted
FROM compared
WINDOW same_key AS (PARTITION BY unit_key, period_key, instrument)
