-- Whether the share of an area or total has a trend of its own (methods, section 9): chi-squared for linear trend over
-- the periods since the last break, each at the year in which it ends. It says nothing of the municipality.
WITH series AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    period_start,
    period_end,
    numerator,
    denominator,
    definition_version,
    instrument,
    count(series_break) OVER (PARTITION BY agreement_id, indicator_id, area_id ORDER BY period_end) AS breaks
  FROM mart.indicator_series
  WHERE role = 'fixed' AND area_level IN ('area', 'total')
),

-- Only shares with their counts: for means and weighted shares the methods name no test.
counted AS (
  SELECT
    *,
    -- Years from 2000: small numbers keep their last digits when they are squared.
    year(period_end) - 2000 AS t,
    last(struct_pack(breaks, definition_version, instrument)) OVER (
      PARTITION BY agreement_id, indicator_id, area_id ORDER BY period_end
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS newest,
    coalesce(period_start > lag(period_end) OVER (PARTITION BY agreement_id, indicator_id, area_id ORDER BY period_end), true)
      AS is_independent
  FROM series
  WHERE numerator IS NOT NULL AND denominator > 0
),

comparable AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    t,
    numerator AS x,
    denominator AS n,
    sum(numerator) OVER whole AS sum_x,
    sum(denominator) OVER whole AS sum_n,
    sum(t * numerator) OVER whole AS sum_tx,
    sum(t * denominator) OVER whole AS sum_tn
  FROM counted
  WHERE is_independent AND struct_pack(breaks, definition_version, instrument) = newest
  WINDOW whole AS (PARTITION BY agreement_id, indicator_id, area_id)
),

-- The sign of the slope when this period is left out.
left_out AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    x,
    n,
    t,
    sign((sum_tx - t * x) - (sum_x - x) / nullif(sum_n - n, 0) * (sum_tn - t * n)) AS sign_without
  FROM comparable
),

tested AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    count(*) AS periods,
    CASE WHEN count(DISTINCT t) >= 5 THEN stat.trend_chi2(x, n, t) END AS trend_chi2,
    CASE WHEN count(DISTINCT t) >= 5 THEN stat.trend_slope(x, n, t) END AS trend_slope,
    min(sign_without) AS lowest_sign,
    max(sign_without) AS highest_sign
  FROM left_out
  GROUP BY ALL
)

SELECT
  agreement_id,
  indicator_id,
  area_id,
  periods,
  trend_slope,
  trend_chi2,
  CASE
    WHEN trend_chi2 IS NULL THEN 'too_few_periods'
    WHEN trend_chi2 <= stat.trend_limit() OR lowest_sign <> highest_sign OR lowest_sign <> sign(trend_slope)
      THEN 'no_certain_trend'
    WHEN trend_slope > 0 THEN 'rising'
    WHEN trend_slope < 0 THEN 'falling'
    ELSE 'no_certain_trend'
  END AS trend
FROM tested
