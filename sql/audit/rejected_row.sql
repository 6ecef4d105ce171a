-- Rows in quarantine by the shown figure that they would have been, or been part of where it lacks: the place in the
-- received file and the checks that rejected the row.
WITH about AS (
  SELECT
    quarantine.delivery_id,
    quarantine.row_number,
    quarantine.locator,
    quarantine.failed_checks,
    quarantine.because,
    quarantine.state,
    quarantine.indicator_id,
    quarantine.period,
    quarantine.unit_level,
    quarantined_unit.unit_id
  FROM audit.quarantine
  INNER JOIN raw.quarantined_unit
    ON quarantine.delivery_id = quarantined_unit.delivery_id AND quarantine.row_number = quarantined_unit.row_number
),

of_unit AS (
  SELECT *, unit_level AS shown_level, unit_id AS shown_id, true AS is_its_own
  FROM about
  UNION ALL
  SELECT about.*, membership.parent_level, membership.parent_id, false
  FROM about
  INNER JOIN core.period ON about.period = period.period
  INNER JOIN core.membership
    ON about.unit_level = membership.child_level AND about.unit_id = membership.child_id
    AND period.period_end BETWEEN membership.valid_from AND membership.valid_to
)

SELECT
  series.agreement_id,
  series.indicator_id,
  series.area_id,
  series.period,
  of_unit.delivery_id,
  of_unit.row_number,
  of_unit.locator,
  of_unit.failed_checks,
  of_unit.because,
  of_unit.state
FROM of_unit
INNER JOIN core.reported_unit ON of_unit.shown_level = reported_unit.unit_level AND of_unit.shown_id = reported_unit.unit_id
INNER JOIN mart.indicator_series AS series
  ON reported_unit.agreement_id = series.agreement_id AND reported_unit.area_id = series.area_id
  AND of_unit.indicator_id = series.indicator_id AND of_unit.period = series.period
WHERE of_unit.is_its_own OR series.missing_reason = 'rejected_by_a_check'
