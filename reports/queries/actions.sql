-- What the board's meetings have decided and nobody has reported done, the most urgent first.
SELECT
  action.action_id,
  action.action,
  action.owner,
  action.due,
  action.state = 'overdue' AS is_late,
  action.meeting_date AS meeting_day,
  indicator.short_name,
  indicator.short_name_en
FROM audit.action
LEFT JOIN catalogue.indicator ON action.indicator_id = indicator.indicator_id
WHERE action.agreement_id = getvariable('agreement_id') AND action.state <> 'done'
ORDER BY action.due NULLS LAST, action.action_id
