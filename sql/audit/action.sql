-- One row per action that a board meeting decided on: who is to do it by when, and whether it is done, open or overdue
-- on the day of this publication. A later meeting tells that an action is done.
WITH item AS (
  SELECT
    meeting_id,
    agreement_id,
    meeting_date,
    unnest(from_json(indicators, '["JSON"]')) AS item
  FROM audit.meeting
),

decided AS (
  SELECT
    meeting_id,
    agreement_id,
    meeting_date,
    item ->> 'indicator_id' AS indicator_id,
    unnest(from_json(item -> 'actions', '["JSON"]')) AS action
  FROM item
),

told AS (
  SELECT
    meeting_id,
    meeting_date,
    unnest(from_json(actions_done, '["JSON"]')) AS done
  FROM audit.meeting
),

done AS (
  SELECT
    done ->> 'action_id' AS action_id,
    min(meeting_date) AS done_on,
    arg_min(meeting_id, meeting_date) AS done_meeting_id,
    arg_min(done ->> 'note', meeting_date) AS note
  FROM told
  GROUP BY ALL
)

SELECT
  decided.action ->> 'action_id' AS action_id,
  decided.meeting_id,
  decided.agreement_id,
  decided.meeting_date,
  decided.indicator_id,
  decided.action ->> 'action' AS action,
  decided.action ->> 'owner' AS owner,
  (decided.action ->> 'due')::DATE AS due,
  CASE
    WHEN done.action_id IS NOT NULL THEN 'done'
    WHEN due < read.danish_day(build.as_of) THEN 'overdue'
    ELSE 'open'
  END AS state,
  done.done_on,
  done.done_meeting_id,
  done.note
FROM decided
LEFT JOIN done ON decided.action ->> 'action_id' = done.action_id
CROSS JOIN ledger.build
