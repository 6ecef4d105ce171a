-- Which two periods are held against each other, per agreement, series of the nine fixed indicators, area or total: the
-- baseline and the latest in which the area has a figure; and the breaks that lie between them.
WITH asked AS (
  SELECT
    agreement.agreement_id,
    indicator.indicator_id,
    reported_unit.area_id
  FROM catalogue.agreement
  INNER JOIN core.reported_unit
    ON agreement.agreement_id = reported_unit.agreement_id AND reported_unit.area_level IN ('area', 'total')
  CROSS JOIN catalogue.indicator
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
  chosen.*,
  series_break.series_break
FROM chosen
LEFT JOIN series_break
  ON chosen.agreement_id = series_break.agreement_id AND chosen.indicator_id = series_break.indicator_id
  AND chosen.area_id = series_break.area_id
