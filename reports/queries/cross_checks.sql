-- The municipality's figures held against Danmarks Statistik's own: of each series the newest period, the
-- newest that could be compared, and every one that lies outside its tolerance.
WITH compared AS (
  SELECT
    cross_check.*,
    indicator.indicator,
    indicator.indicator_en,
    indicator.indicator_number,
    indicator.series_number,
    indicator.unit,
    coalesce(ours.is_synthetic, false) AS municipality_is_synthetic,
    coalesce(theirs.is_synthetic, false) AS cross_check_is_synthetic,
    theirs.missing_reason AS reason_told
  FROM mart.cross_check
  INNER JOIN catalogue.indicator ON cross_check.indicator_id = indicator.indicator_id
  LEFT JOIN figure AS ours
    ON cross_check.agreement_id = ours.agreement_id AND cross_check.indicator_id = ours.indicator_id
    AND ours.area_id = 'municipality' AND cross_check.period = ours.period
  LEFT JOIN figure AS theirs
    ON cross_check.agreement_id = theirs.agreement_id AND cross_check.cross_check_indicator_id = theirs.indicator_id
    AND theirs.area_id = 'municipality' AND cross_check.period = theirs.period
  WHERE cross_check.agreement_id = getvariable('agreement_id')
)

SELECT
  *,
  count(*) FILTER (state IN ('within_tolerance', 'outside_tolerance')) OVER () AS compared_count,
  count(*) FILTER (state = 'outside_tolerance') OVER () AS outside_count
FROM compared
QUALIFY state = 'outside_tolerance'
  OR row_number() OVER (PARTITION BY cross_check_indicator_id ORDER BY period_end DESC) = 1
  OR row_number() OVER (PARTITION BY cross_check_indicator_id ORDER BY difference IS NULL, period_end DESC) = 1
ORDER BY indicator_number, series_number, cross_check_indicator_id, period_end DESC
