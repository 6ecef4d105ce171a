-- Rows about the same indicator, unit and period as another row: is it the first of them, and do they contradict?
-- Hashes find candidates at little cost; most deliveries have none, and then the second half reads nothing.
WITH keyed AS NOT MATERIALIZED (
  SELECT
    row_number,
    hash(indicator_id, unit_level, coalesce(unit_code, unit_name), period) AS key_hash
  FROM reading
),

candidate AS (
  SELECT row_number
  FROM keyed
  WHERE key_hash IN (SELECT key_hash FROM keyed GROUP BY key_hash HAVING count(*) > 1)
  UNION
  SELECT reading.row_number
  FROM reading
  SEMI JOIN prepared.respelled_unit
    ON reading.unit_level IS NOT DISTINCT FROM respelled_unit.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM respelled_unit.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM respelled_unit.unit_name
),

compared AS (
  SELECT
    reading.row_number,
    reading.indicator_id,
    reading.unit_level,
    coalesce(respelled_unit.unit, reading.unit_code, reading.unit_name) AS unit,
    reading.period,
    hash(*COLUMNS(reading.* EXCLUDE (
      row_number, file_name, place, first_line, indicator_id, unit_level, unit_code, unit_name, municipality_code,
      period, note, sign
    ))) AS figures
  FROM reading
  INNER JOIN candidate ON reading.row_number = candidate.row_number
  LEFT JOIN prepared.respelled_unit
    ON reading.unit_level IS NOT DISTINCT FROM respelled_unit.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM respelled_unit.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM respelled_unit.unit_name
)

SELECT
  row_number,
  row_number = min(row_number) OVER same_key AS is_first,
  min(figures) OVER same_key <> max(figures) OVER same_key AS is_contradicted
FROM compared
WINDOW same_key AS (PARTITION BY indicator_id, unit_level, unit, period)
QUALIFY count(*) OVER same_key > 1
