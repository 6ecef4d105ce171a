-- What has become of the figures that the last meeting saw: one row per figure that is another one now, as it was then
-- and as it is now.
WITH meeting AS (
  SELECT meeting_id
  FROM audit.meeting
  WHERE agreement_id = getvariable('agreement_id')
  ORDER BY meeting_date DESC, recorded_at DESC
  LIMIT 1
)

SELECT
  outdated.period,
  outdated.area_id,
  figure.area,
  indicator.short_name,
  indicator.short_name_en,
  indicator.unit,
  outdated.shown_value AS old_value,
  outdated.shown_missing_reason AS old_missing_reason,
  outdated.value AS new_value,
  outdated.missing_reason AS new_missing_reason,
  outdated.cause
FROM audit.outdated_paper AS outdated
INNER JOIN meeting ON outdated.meeting_id = meeting.meeting_id
INNER JOIN figure
  ON outdated.agreement_id = figure.agreement_id AND outdated.indicator_id = figure.indicator_id
  AND outdated.area_id = figure.area_id AND outdated.period = figure.period
INNER JOIN catalogue.indicator ON outdated.indicator_id = indicator.indicator_id
WHERE outdated.agreement_id = getvariable('agreement_id') AND indicator.role = 'fixed'
ORDER BY abs(outdated.value - outdated.shown_value) DESC NULLS FIRST, figure.indicator_number, indicator.series_number,
  figure.area_order, figure.period_end
