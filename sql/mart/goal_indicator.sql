-- The board's table: one row per agreement, series of the nine fixed indicators, area or total.
-- Changes run from the baseline period to the latest period in which the area has a figure, and never across a break:
-- series_break then says why there is none. The verdict is about development against the municipality, not about what
-- the plan has brought about.
SELECT
  compared.agreement_id,
  agreement.agreement,
  indicator.goal_id,
  goal.goal_number,
  goal.goal,
  indicator.indicator_number,
  compared.indicator_id,
  indicator.indicator,
  compared.area_id,
  reported_unit.area,
  reported_unit.area_order,
  indicator.unit,
  indicator.kind,
  indicator.better,
  compared.baseline_period,
  baseline.value AS baseline_value,
  baseline.low AS baseline_low,
  baseline.high AS baseline_high,
  CASE WHEN baseline.value IS NULL THEN coalesce(baseline.missing_reason, 'not_delivered') END
    AS baseline_missing_reason,
  baseline_municipality.value AS baseline_municipality,
  CASE WHEN baseline_municipality.value IS NULL THEN coalesce(baseline_municipality.missing_reason, 'not_delivered') END
    AS baseline_municipality_missing_reason,
  signed.period_as_signed AS baseline_period_as_signed,
  signed.value_as_signed AS baseline_value_as_signed,
  signed_municipality.value_as_signed AS baseline_municipality_as_signed,
  coalesce(signed.signed_at, signed_municipality.signed_at) AS baseline_signed_at,
  coalesce(signed.revised_because, signed_municipality.revised_because) AS baseline_revised_because,
  compared.latest_period,
  latest.value AS latest_value,
  latest.low AS latest_low,
  latest.high AS latest_high,
  latest_municipality.value AS latest_municipality,
  CASE WHEN latest_municipality.value IS NULL THEN coalesce(latest_municipality.missing_reason, 'not_delivered') END
    AS municipality_missing_reason,
  development.change,
  development.change_municipality,
  development.development,
  development.development_low,
  development.development_high,
  development.verdict,
  development.verdict_reason,
  development.smallest_detectable_change,
  development.municipality_uncertainty_left_out,
  coalesce(trend.trend, 'too_few_periods') AS trend,
  trend.trend_chi2,
  compared.missing_reason,
  compared.newer_period,
  compared.newer_period_missing_reason,
  compared.series_break,
  coalesce(latest.source_id, indicator.source_id) AS source_id,
  latest.delivery_id,
  coalesce(latest.definition_version, indicator.definition_version) AS definition_version,
  coalesce(latest.is_synthetic, false)
    OR coalesce(baseline.is_synthetic, false)
    OR coalesce(latest_municipality.is_synthetic, false)
    OR coalesce(baseline_municipality.is_synthetic, false) AS is_synthetic,
  latest.known_at
FROM stat.compared('mart.comparison', 'mart.indicator_series') AS compared
INNER JOIN mart.development
  ON compared.agreement_id = development.agreement_id AND compared.indicator_id = development.indicator_id
  AND compared.area_id = development.area_id
INNER JOIN catalogue.agreement ON compared.agreement_id = agreement.agreement_id
INNER JOIN catalogue.indicator ON compared.indicator_id = indicator.indicator_id
INNER JOIN catalogue.goal ON indicator.goal_id = goal.goal_id
INNER JOIN core.reported_unit
  ON compared.agreement_id = reported_unit.agreement_id AND compared.area_id = reported_unit.area_id
LEFT JOIN mart.trend
  ON compared.agreement_id = trend.agreement_id AND compared.indicator_id = trend.indicator_id
  AND compared.area_id = trend.area_id
LEFT JOIN core.baseline_figure AS signed
  ON compared.agreement_id = signed.agreement_id AND compared.indicator_id = signed.indicator_id
  AND compared.area_id = signed.area_id
LEFT JOIN core.baseline_figure AS signed_municipality
  ON compared.agreement_id = signed_municipality.agreement_id
  AND compared.indicator_id = signed_municipality.indicator_id AND signed_municipality.area_id = 'municipality'
-- So few rows stay as they were sorted: who asks for the whole table reads it in the agreement's order.
ORDER BY compared.agreement_id, indicator.indicator_number, indicator.series_number, reported_unit.area_order
