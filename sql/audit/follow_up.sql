-- One row per board meeting and indicator that it took up: what was seen, remarked and decided, on which publication.
WITH taken_up AS (
  SELECT
    meeting.* EXCLUDE (indicators, actions_done),
    unnest(from_json(meeting.indicators, '["JSON"]')) AS item
  FROM audit.meeting
)

SELECT
  taken_up.meeting_id,
  taken_up.agreement_id,
  taken_up.meeting_date,
  indicator.goal_id,
  taken_up.item ->> 'indicator_id' AS indicator_id,
  indicator.indicator,
  taken_up.item ->> 'seen' AS seen,
  taken_up.item ->> 'remark' AS remark,
  taken_up.item ->> 'decision' AS decision,
  json_array_length(taken_up.item -> 'actions') AS actions,
  taken_up.publication_id,
  taken_up.publication_digest,
  taken_up.published_at,
  taken_up.superseded_by,
  taken_up.present,
  taken_up.minutes_reference,
  taken_up.minutes_sha256,
  taken_up.recorded_at,
  taken_up.recorded_by
FROM taken_up
LEFT JOIN catalogue.indicator ON taken_up.item ->> 'indicator_id' = indicator.indicator_id
