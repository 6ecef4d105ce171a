-- The definitions of the fixed indicators as they are in force, with version and who confirmed them.
SELECT
  goal.goal_number, goal.goal, indicator.indicator_number, indicator.indicator_id, indicator.indicator,
  indicator.indicator_en, indicator.short_name, indicator.short_name_en,
  indicator.official_wording, indicator.kind, indicator.unit, indicator.better, indicator.numerator,
  indicator.denominator, indicator.age_from, indicator.age_to, indicator.period_kind, indicator.source_id,
  indicator.definition_version, indicator.definition_status
FROM catalogue.indicator
INNER JOIN catalogue.goal USING (goal_id)
WHERE indicator.role = 'fixed'
ORDER BY indicator_number, series_number
