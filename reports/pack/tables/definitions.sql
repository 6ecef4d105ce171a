-- The definitions of the indicators as each publication that the year's meetings saw and its last one had them, and as they are now.
-- The publications of before the definitions were told in English have no such columns.
WITH indicator AS (
  SELECT NULL::VARCHAR AS numerator_en, NULL::VARCHAR AS denominator_en
  WHERE false
  UNION ALL BY NAME
  FROM catalogue.indicator
)

SELECT
  build.publication_id, goal.goal_number, goal.goal, indicator.indicator_number, indicator.role,
  indicator.indicator_id, indicator.indicator,
  indicator.indicator_en, indicator.short_name, indicator.short_name_en,
  indicator.official_wording, indicator.kind, indicator.unit, indicator.better, indicator.numerator,
  indicator.numerator_en, indicator.denominator, indicator.denominator_en, indicator.age_from, indicator.age_to,
  indicator.period_kind, indicator.source_id,
  indicator.definition_version, indicator.definition_status
FROM indicator
LEFT JOIN catalogue.goal USING (goal_id)
CROSS JOIN ledger.build
ORDER BY indicator.role <> 'fixed', indicator_number, series_number, indicator_id
