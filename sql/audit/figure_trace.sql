-- From every shown figure to the rows, cells and bytes that it was made of: one row per contributing delivered row.
-- kind: view
WITH contributing AS (
  SELECT indicator_id, unit_level, unit_id, period, unit_level AS part_level, unit_id AS part_id
  FROM core.figure
  WHERE part_level IS NULL
  UNION ALL
  SELECT figure.indicator_id, figure.unit_level, figure.unit_id, figure.period, membership.child_level, membership.child_id
  FROM core.figure
  INNER JOIN core.period ON figure.period = period.period
  INNER JOIN core.membership
    ON figure.unit_level = membership.parent_level AND figure.unit_id = membership.parent_id
    AND figure.part_level = membership.child_level
    AND period.period_end BETWEEN membership.valid_from AND membership.valid_to
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
  indicator_series.agreement_id,
  indicator_series.indicator_id,
  indicator_series.area_id,
  indicator_series.period,
  indicator_series.value AS figure_value,
  contributing.part_level,
  contributing.part_id,
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
FROM mart.indicator_series
INNER JOIN core.reported_unit
  ON indicator_series.agreement_id = reported_unit.agreement_id AND indicator_series.area_id = reported_unit.area_id
INNER JOIN contributing
  ON indicator_series.indicator_id = contributing.indicator_id
  AND reported_unit.unit_level = contributing.unit_level
  AND reported_unit.unit_id = contributing.unit_id
  AND indicator_series.period = contributing.period
INNER JOIN core.official_observation
  ON contributing.indicator_id = official_observation.indicator_id
  AND contributing.part_level = official_observation.unit_level
  AND contributing.part_id = official_observation.unit_id
  AND contributing.period = official_observation.period
INNER JOIN ledger.delivery ON official_observation.delivery_id = delivery.delivery_id
LEFT JOIN checks ON official_observation.delivery_id = checks.delivery_id
CROSS JOIN ledger.build
