-- The board's table: one row per agreement, series of the nine fixed indicators, area or total.
-- Changes run from the baseline period to the latest period in which the area has a figure, and never across a break:
-- series_break then says why there is none.
WITH asked AS (
  SELECT
    agreement.agreement_id,
    agreement.agreement,
    indicator.* EXCLUDE (goal_id),
    goal.goal_id,
    goal.goal_number,
    goal.goal,
    reported_unit.area_id,
    reported_unit.area,
    reported_unit.area_order
  FROM catalogue.agreement
  INNER JOIN core.reported_unit
    ON agreement.agreement_id = reported_unit.agreement_id AND reported_unit.area_level IN ('area', 'total')
  CROSS JOIN catalogue.indicator
  INNER JOIN catalogue.goal ON indicator.goal_id = goal.goal_id
  WHERE indicator.role = 'fixed'
),

latest AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    arg_max(period, period_end) FILTER (value IS NOT NULL) AS figure_period,
    arg_max(period, period_end) AS newest_period,
    arg_max(missing_reason, period_end) FILTER (value IS NULL) AS missing_reason,
    max(period_end) FILTER (value IS NOT NULL) AS figure_period_end,
    max(period_end) AS newest_period_end
  FROM mart.indicator_series
  WHERE role = 'fixed'
  GROUP BY ALL
),

chosen AS (
  SELECT
    asked.*,
    baseline.period AS baseline_period,
    coalesce(latest.figure_period, latest.newest_period) AS latest_period,
    CASE WHEN latest.figure_period IS NULL THEN coalesce(latest.missing_reason, 'not_delivered') END AS missing_reason,
    CASE WHEN latest.newest_period_end > latest.figure_period_end THEN latest.newest_period END AS newer_period,
    CASE WHEN latest.newest_period_end > latest.figure_period_end THEN latest.missing_reason END
      AS newer_period_missing_reason
  FROM asked
  LEFT JOIN core.baseline
    ON asked.agreement_id = baseline.agreement_id AND asked.indicator_id = baseline.indicator_id
  LEFT JOIN latest
    ON asked.agreement_id = latest.agreement_id AND asked.indicator_id = latest.indicator_id
    AND asked.area_id = latest.area_id
),

-- A break that lies after the baseline period and not after the latest one spoils the comparison.
series_break AS (
  SELECT
    chosen.agreement_id,
    chosen.indicator_id,
    chosen.area_id,
    string_agg(DISTINCT series_break.because, '; ' ORDER BY series_break.because) AS series_break
  FROM chosen
  INNER JOIN core.period AS baseline_period ON chosen.baseline_period = baseline_period.period
  INNER JOIN core.period AS latest_period ON chosen.latest_period = latest_period.period
  INNER JOIN catalogue.series_break
    ON series_break.from_day > baseline_period.period_end
    AND series_break.from_day <= latest_period.period_end
    AND (series_break.indicator_id IS NULL OR series_break.indicator_id = chosen.indicator_id)
    AND (series_break.agreement_id IS NULL OR series_break.agreement_id = chosen.agreement_id)
    AND (
      series_break.unit_level IS NULL OR series_break.unit_level = 'municipality'
      OR series_break.unit_level = CASE WHEN chosen.area_id = 'total' THEN 'agreement' ELSE 'area' END
    )
  GROUP BY ALL
)

SELECT
  chosen.agreement_id,
  chosen.agreement,
  chosen.goal_id,
  chosen.goal_number,
  chosen.goal,
  chosen.indicator_number,
  chosen.indicator_id,
  chosen.indicator,
  chosen.area_id,
  chosen.area,
  chosen.area_order,
  chosen.unit,
  chosen.kind,
  chosen.better,
  chosen.baseline_period,
  baseline.value AS baseline_value,
  CASE WHEN baseline.value IS NULL THEN coalesce(baseline.missing_reason, 'not_delivered') END
    AS baseline_missing_reason,
  baseline_municipality.value AS baseline_municipality,
  chosen.latest_period,
  latest.value AS latest_value,
  latest.low AS latest_low,
  latest.high AS latest_high,
  latest_municipality.value AS latest_municipality,
  CASE WHEN latest_municipality.value IS NULL THEN coalesce(latest_municipality.missing_reason, 'not_delivered') END
    AS municipality_missing_reason,
  CASE
    WHEN latest.period_end > baseline.period_end AND series_break.series_break IS NULL
      THEN latest.value - baseline.value
  END AS change,
  CASE
    WHEN latest_municipality.period_end > baseline_municipality.period_end AND series_break.series_break IS NULL
      THEN latest_municipality.value - baseline_municipality.value
  END AS change_municipality,
  chosen.missing_reason,
  chosen.newer_period,
  chosen.newer_period_missing_reason,
  series_break.series_break,
  coalesce(latest.source_id, chosen.source_id) AS source_id,
  latest.delivery_id,
  chosen.definition_version,
  coalesce(latest.is_synthetic, false)
    OR coalesce(baseline.is_synthetic, false)
    OR coalesce(latest_municipality.is_synthetic, false)
    OR coalesce(baseline_municipality.is_synthetic, false) AS is_synthetic,
  latest.known_at
FROM chosen
LEFT JOIN mart.indicator_series AS latest
  ON chosen.agreement_id = latest.agreement_id AND chosen.indicator_id = latest.indicator_id
  AND chosen.area_id = latest.area_id AND chosen.latest_period = latest.period
LEFT JOIN mart.indicator_series AS baseline
  ON chosen.agreement_id = baseline.agreement_id AND chosen.indicator_id = baseline.indicator_id
  AND chosen.area_id = baseline.area_id AND chosen.baseline_period = baseline.period
LEFT JOIN mart.indicator_series AS latest_municipality
  ON chosen.agreement_id = latest_municipality.agreement_id AND chosen.indicator_id = latest_municipality.indicator_id
  AND latest_municipality.area_id = 'municipality' AND chosen.latest_period = latest_municipality.period
LEFT JOIN mart.indicator_series AS baseline_municipality
  ON chosen.agreement_id = baseline_municipality.agreement_id
  AND chosen.indicator_id = baseline_municipality.indicator_id
  AND baseline_municipality.area_id = 'municipality' AND chosen.baseline_period = baseline_municipality.period
LEFT JOIN series_break
  ON chosen.agreement_id = series_break.agreement_id AND chosen.indicator_id = series_break.indicator_id
  AND chosen.area_id = series_break.area_id
