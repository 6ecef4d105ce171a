-- From every shown figure to the rows, cells and bytes that it was made of: one row per contributing delivered row.
WITH added_up AS MATERIALIZED (
  SELECT figure.indicator_id, figure.unit_level, figure.unit_id, figure.period, figure.part_level, period.period_end
  FROM core.figure
  INNER JOIN core.period ON figure.period = period.period
  WHERE figure.part_level IS NOT NULL
),

contributing AS (
  SELECT indicator_id, unit_level, unit_id, period, unit_level AS part_level, unit_id AS part_id
  FROM core.figure
  WHERE part_level IS NULL
  UNION ALL
  SELECT
    added_up.indicator_id, added_up.unit_level, added_up.unit_id, added_up.period, membership.child_level,
    membership.child_id
  FROM added_up
  INNER JOIN core.membership
    ON added_up.unit_level = membership.parent_level AND added_up.unit_id = membership.parent_id
    AND added_up.part_level = membership.child_level
    AND added_up.period_end BETWEEN membership.valid_from AND membership.valid_to
),

-- Materialized: with all joins in one plan DuckDB joins observations by indicator and period alone, a thousand to one.
shown AS MATERIALIZED (
  SELECT
    indicator_series.agreement_id,
    indicator_series.indicator_id,
    indicator_series.area_id,
    indicator_series.period,
    indicator_series.value,
    contributing.part_level,
    contributing.part_id
  FROM mart.indicator_series
  INNER JOIN core.reported_unit
    ON indicator_series.agreement_id = reported_unit.agreement_id AND indicator_series.area_id = reported_unit.area_id
  INNER JOIN contributing
    ON indicator_series.indicator_id = contributing.indicator_id
    AND reported_unit.unit_level = contributing.unit_level
    AND reported_unit.unit_id = contributing.unit_id
    AND indicator_series.period = contributing.period
),

-- Mostly areas and municipalities: thousands of departments are let go before anything is looked up.
traced AS (
  SELECT *
  FROM core.official_observation
  WHERE list_contains((SELECT list(DISTINCT part_level) FROM shown), unit_level)
),

checks AS (
  SELECT
    delivery_id,
    count(*) FILTER (success) AS checks_passed,
    count(*) FILTER (NOT success) AS checks_failed
  FROM ledger.check_outcome
  GROUP BY ALL
)

SELECT
  shown.agreement_id,
  shown.indicator_id,
  shown.area_id,
  shown.period,
  shown.value AS figure_value,
  shown.part_level,
  shown.part_id,
  official_observation.numerator,
  official_observation.denominator,
  official_observation.value,
  official_observation.missing_reason,
  official_observation.source_id,
  official_observation.delivery_id,
  delivery.snapshot_sha256,
  delivery.original_name,
  read.locator(
    official_observation.file_name, official_observation.place, official_observation.first_line,
    official_observation.row_number
  ) AS locator,
  checks.checks_passed,
  checks.checks_failed,
  delivery.received_at,
  delivery.received_by,
  delivery.approved_by,
  official_observation.known_from,
  official_observation.is_synthetic,
  build.run_id,
  build.publication_id
FROM shown
INNER JOIN traced AS official_observation
  ON shown.indicator_id = official_observation.indicator_id
  AND shown.part_level = official_observation.unit_level
  AND shown.part_id = official_observation.unit_id
  AND shown.period = official_observation.period
INNER JOIN ledger.delivery ON official_observation.delivery_id = delivery.delivery_id
LEFT JOIN checks ON official_observation.delivery_id = checks.delivery_id
CROSS JOIN ledger.build
