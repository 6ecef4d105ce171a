-- Each figure that changed between two publications that followed one another: what was shown, what is shown, why, and
-- the deliveries. Causes: new_delivery, correction, method_change (the definition or its SQL), withholding, rejected (a
-- delivery or row is let through no more), own_fault (the same bytes were read wrongly). A period that is shown for the
-- first time is no revision. What is withheld now is shown by no number here, earlier ones neither.
WITH revised AS (
  SELECT
    build.publication_id,
    publication_before.publication_id AS previous_publication_id,
    build.as_of AS revised_at,
    changed_figure.* EXCLUDE (was_shown, is_shown)
  FROM audit.changed_figure
  CROSS JOIN ledger.build
  CROSS JOIN ledger.publication_before
  WHERE changed_figure.was_shown
    AND (old_value IS NOT NULL OR new_value IS NOT NULL OR cause = 'withholding')
  UNION ALL BY NAME
  FROM ledger.revised_before
),

withheld AS (
  SELECT agreement_id, indicator_id, area_id, period, true AS is_withheld
  FROM mart.indicator_series
  WHERE stat.is_withheld(missing_reason)
)

SELECT
  revised.publication_id,
  revised.previous_publication_id,
  revised.revised_at,
  agreement_id,
  indicator_id,
  area_id,
  period,
  CASE WHEN is_withheld THEN NULL ELSE revised.old_value END AS old_value,
  CASE WHEN is_withheld THEN NULL ELSE revised.new_value END AS new_value,
  CASE WHEN is_withheld THEN NULL ELSE revised.old_numerator END AS old_numerator,
  CASE WHEN is_withheld THEN NULL ELSE revised.new_numerator END AS new_numerator,
  CASE WHEN is_withheld THEN NULL ELSE revised.old_denominator END AS old_denominator,
  CASE WHEN is_withheld THEN NULL ELSE revised.new_denominator END AS new_denominator,
  revised.old_missing_reason,
  revised.new_missing_reason,
  revised.changed,
  revised.cause,
  revised.source_id,
  revised.old_delivery_id,
  revised.new_delivery_id,
  revised.old_definition_version,
  revised.new_definition_version
FROM revised
LEFT JOIN withheld USING (agreement_id, indicator_id, area_id, period)
