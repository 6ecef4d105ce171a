-- The municipality column held against Danmarks Statistik's own figure for the same period, per cross-check series.
-- StatBank is a plausibility check and never the municipality column itself.
WITH compared AS (
  SELECT
    checking.agreement_id,
    indicator.checks_indicator_id AS indicator_id,
    checking.indicator_id AS cross_check_indicator_id,
    checking.indicator AS cross_check_indicator,
    checking.period,
    checking.period_end,
    figure.value AS municipality_value,
    checking.value AS cross_check_value,
    checking.value - figure.value AS difference,
    indicator.tolerance,
    coalesce(figure.is_synthetic, false) OR checking.is_synthetic AS is_synthetic,
    figure.is_synthetic <> checking.is_synthetic AS is_real_against_synthetic,
    checking.missing_reason AS cross_check_missing_reason
  FROM mart.indicator_series AS checking
  INNER JOIN catalogue.indicator ON checking.indicator_id = indicator.indicator_id
  LEFT JOIN mart.indicator_series AS figure
    ON checking.agreement_id = figure.agreement_id
    AND indicator.checks_indicator_id = figure.indicator_id
    AND figure.area_id = 'municipality'
    AND checking.period = figure.period
  WHERE checking.role = 'cross_check' AND checking.area_id = 'municipality'
)

SELECT
  * EXCLUDE (is_real_against_synthetic),
  CASE
    WHEN difference IS NULL THEN 'nothing_to_compare'
    -- A made-up figure neither confirms a real one nor is confirmed by it.
    WHEN is_real_against_synthetic THEN 'real_against_synthetic'
    WHEN abs(difference) <= tolerance THEN 'within_tolerance'
    ELSE 'outside_tolerance'
  END AS state
FROM compared
