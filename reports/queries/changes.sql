-- What has become of the figures that the last meeting saw: one row per figure that was revised since, as it was then
-- and as it is now. A figure that was changed and changed back is none.
WITH meeting AS (
  SELECT published_at
  FROM audit.meeting
  WHERE agreement_id = getvariable('agreement_id')
  ORDER BY meeting_date DESC, recorded_at DESC
  LIMIT 1
),

revised AS (
  SELECT
    revision.indicator_id,
    revision.area_id,
    revision.period,
    arg_min(struct_pack(value := old_value, reason := old_missing_reason), revised_at) AS old,
    arg_max(struct_pack(value := new_value, reason := new_missing_reason), revised_at) AS new,
    arg_max(cause, revised_at) AS cause
  FROM audit.revision
  INNER JOIN meeting ON revision.revised_at > meeting.published_at
  WHERE revision.agreement_id = getvariable('agreement_id')
  GROUP BY ALL
)

SELECT
  revised.period,
  revised.area_id,
  figure.area,
  indicator.short_name,
  indicator.short_name_en,
  indicator.unit,
  revised.old.value AS old_value,
  revised.old.reason AS old_missing_reason,
  revised.new.value AS new_value,
  revised.new.reason AS new_missing_reason,
  revised.cause
FROM revised
INNER JOIN figure
  ON revised.indicator_id = figure.indicator_id AND revised.area_id = figure.area_id AND revised.period = figure.period
  AND figure.agreement_id = getvariable('agreement_id')
INNER JOIN catalogue.indicator ON revised.indicator_id = indicator.indicator_id
WHERE indicator.role = 'fixed' AND revised.old IS DISTINCT FROM revised.new
ORDER BY abs(revised.new.value - revised.old.value) DESC NULLS FIRST, figure.indicator_number, series_number, area_order,
  period_end
