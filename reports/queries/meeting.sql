-- The board's last meeting on the agreement, the publication that it saw, and whether the verdicts of then are known (a
-- publication hands them on); no row before the first meeting.
SELECT
  meeting.meeting_id,
  meeting.meeting_date AS meeting_day,
  meeting.publication_id,
  EXISTS (
    FROM audit.verdict_given AS verdict
    WHERE verdict.agreement_id = meeting.agreement_id AND verdict.given_at <= meeting.published_at
  ) AS verdicts_are_known
FROM audit.meeting
WHERE meeting.agreement_id = getvariable('agreement_id')
ORDER BY meeting.meeting_date DESC, meeting.recorded_at DESC
LIMIT 1
