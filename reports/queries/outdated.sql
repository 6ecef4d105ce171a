-- Earlier papers that showed a figure otherwise than this one does, each once for every meeting that saw it.
SELECT
  outdated.publication_id,
  any_value(outdated.published_at) AS published_at,
  meeting_date AS meeting_day,
  count(*) AS figures,
  list_sort(list(DISTINCT coalesce(indicator.short_name, outdated.indicator_id))) AS names,
  list_sort(list(DISTINCT coalesce(indicator.short_name_en, outdated.indicator_id))) AS names_en
FROM audit.outdated_paper AS outdated
LEFT JOIN catalogue.indicator ON outdated.indicator_id = indicator.indicator_id
WHERE outdated.agreement_id = getvariable('agreement_id')
GROUP BY ALL
ORDER BY published_at DESC, meeting_day
