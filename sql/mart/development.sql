-- Development against development, and the verdict on it, per agreement, series of the nine fixed indicators, area or
-- total: D is the gap between area and municipality in the latest period less that in the baseline period. Where it
-- cannot be judged there is exactly one reason, the first that applies of those below (methods, section 5).
WITH four AS (
  SELECT
    compared.agreement_id,
    compared.indicator_id,
    compared.area_id,
    compared.baseline_period,
    compared.latest_period,
    compared.series_break,
    indicator.kind,
    indicator.unit,
    indicator.better,
    latest.value AS latest_value,
    latest.low AS latest_low,
    latest.denominator AS latest_denominator,
    latest.gap AS latest_gap,
    latest.gap_low AS latest_gap_low,
    latest.gap_high AS latest_gap_high,
    baseline.value AS baseline_value,
    baseline.low AS baseline_low,
    baseline.denominator AS baseline_denominator,
    baseline.gap AS baseline_gap,
    baseline.gap_low AS baseline_gap_low,
    baseline.gap_high AS baseline_gap_high,
    latest_municipality.value AS latest_municipality,
    baseline_municipality.value AS baseline_municipality,
    [
      CASE WHEN latest.value IS NULL THEN coalesce(latest.missing_reason, 'not_delivered') END,
      CASE WHEN latest_municipality.value IS NULL
        THEN coalesce(latest_municipality.missing_reason, 'not_delivered') END
    ] AS latest_missing,
    [
      CASE WHEN baseline.value IS NULL THEN coalesce(baseline.missing_reason, 'not_delivered') END,
      CASE WHEN baseline_municipality.value IS NULL
        THEN coalesce(baseline_municipality.missing_reason, 'not_delivered') END
    ] AS baseline_missing,
    latest.period_end > baseline.period_end AS is_later,
    latest_municipality.period_end > baseline_municipality.period_end AS municipality_is_later,
    latest.definition_version IS DISTINCT FROM baseline.definition_version AS own_definition_changed,
    latest_municipality.definition_version IS DISTINCT FROM baseline_municipality.definition_version
      AS municipality_definition_changed,
    latest.instrument IS DISTINCT FROM baseline.instrument
      -- Never a municipal election beside a general one, whatever a delivery calls its series.
      OR (indicator.kind = 'turnout' AND left(compared.latest_period, 2) <> left(compared.baseline_period, 2))
      AS own_instrument_changed,
    -- Another source is another way of measuring: its figures are no continuation, least of all a made-up one's of a real.
    latest_municipality.instrument IS DISTINCT FROM baseline_municipality.instrument
      OR latest_municipality.source_id IS DISTINCT FROM baseline_municipality.source_id AS municipality_instrument_changed,
    latest.instrument IS DISTINCT FROM latest_municipality.instrument AS instruments_differ,
    latest.municipality_uncertainty_left_out OR baseline.municipality_uncertainty_left_out AS left_out
  FROM stat.compared('mart.comparison', 'mart.indicator_series') AS compared
  INNER JOIN catalogue.indicator ON compared.indicator_id = indicator.indicator_id
),

reasoned AS (
  SELECT
    *,
    ['withheld_here', 'withheld_by_source', 'below_source_threshold'] AS withholding,
    CASE
      -- The latest figure of the area or of its municipality did not come (for any other cause than withholding).
      WHEN len(list_filter(latest_missing, lambda reason: NOT list_contains(withholding, reason))) > 0
        THEN 'not_delivered'
      WHEN list_has_any(withholding, latest_missing || baseline_missing) THEN 'withheld'
      WHEN baseline_value IS NULL OR baseline_municipality IS NULL THEN 'no_baseline'
      WHEN series_break IS NOT NULL THEN 'break_in_series'
      WHEN own_definition_changed OR municipality_definition_changed THEN 'definition_changed'
      -- A mean of one person has no spread.
      WHEN kind = 'mean' AND least(latest_denominator, baseline_denominator) < 2 THEN 'too_few_persons'
      WHEN latest_low IS NULL OR baseline_low IS NULL THEN 'counts_not_delivered'
      WHEN own_instrument_changed OR municipality_instrument_changed OR instruments_differ THEN 'different_instrument'
      WHEN NOT is_later THEN 'same_period'
      WHEN latest_gap_low IS NULL OR baseline_gap_low IS NULL THEN 'area_not_within_municipality'
    END AS verdict_reason
  FROM four
),

developed AS (
  SELECT
    *,
    CASE WHEN verdict_reason IS NULL OR verdict_reason IN ('too_few_persons', 'counts_not_delivered') AND is_later
      AND NOT own_instrument_changed AND NOT municipality_instrument_changed
      THEN latest_gap - baseline_gap
    END AS development,
    CASE WHEN verdict_reason IS NULL THEN stat.mover_low(
      baseline_gap, baseline_gap_low, baseline_gap_high, latest_gap, latest_gap_low, latest_gap_high
    ) END AS development_low,
    CASE WHEN verdict_reason IS NULL THEN stat.mover_high(
      baseline_gap, baseline_gap_low, baseline_gap_high, latest_gap, latest_gap_low, latest_gap_high
    ) END AS development_high
  FROM reasoned
)

SELECT
  agreement_id,
  indicator_id,
  area_id,
  baseline_period,
  latest_period,
  CASE
    WHEN is_later AND series_break IS NULL AND NOT own_definition_changed AND NOT own_instrument_changed
      THEN latest_value - baseline_value
  END AS change,
  CASE
    WHEN municipality_is_later AND series_break IS NULL AND NOT municipality_definition_changed
      AND NOT municipality_instrument_changed THEN latest_municipality - baseline_municipality
  END AS change_municipality,
  baseline_gap,
  baseline_gap_low,
  baseline_gap_high,
  latest_gap,
  latest_gap_low,
  latest_gap_high,
  development,
  development_low,
  development_high,
  CASE
    WHEN verdict_reason IS NULL THEN stat.verdict(development_low, development_high, better)
    ELSE 'cannot_be_judged'
  END AS verdict,
  verdict_reason,
  stat.smallest_detectable_change(development, development_low, development_high, better, unit)
    AS smallest_detectable_change,
  coalesce(left_out, false) AND development IS NOT NULL AS municipality_uncertainty_left_out
FROM developed
