-- The periods that are held against each other (mart.comparison, told by name) with the rows of the series
-- (mart.indicator_series, by name) that they are about: latest, baseline, latest_municipality, baseline_municipality.
CREATE OR REPLACE MACRO stat.compared(comparison_name, series_name) AS TABLE
SELECT
  comparison.*,
  latest,
  baseline,
  latest_municipality,
  baseline_municipality
FROM query_table(comparison_name) AS comparison
LEFT JOIN query_table(series_name) AS latest
  ON comparison.agreement_id = latest.agreement_id AND comparison.indicator_id = latest.indicator_id
  AND comparison.area_id = latest.area_id AND comparison.latest_period = latest.period
LEFT JOIN query_table(series_name) AS baseline
  ON comparison.agreement_id = baseline.agreement_id AND comparison.indicator_id = baseline.indicator_id
  AND comparison.area_id = baseline.area_id AND comparison.baseline_period = baseline.period
LEFT JOIN query_table(series_name) AS latest_municipality
  ON comparison.agreement_id = latest_municipality.agreement_id
  AND comparison.indicator_id = latest_municipality.indicator_id
  AND latest_municipality.area_id = 'municipality' AND comparison.latest_period = latest_municipality.period
LEFT JOIN query_table(series_name) AS baseline_municipality
  ON comparison.agreement_id = baseline_municipality.agreement_id
  AND comparison.indicator_id = baseline_municipality.indicator_id
  AND baseline_municipality.area_id = 'municipality' AND comparison.baseline_period = baseline_municipality.period
