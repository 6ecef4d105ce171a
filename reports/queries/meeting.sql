-- The board's last meeting on the agreement, and the publication that it saw; no row before the first one.
SELECT
  meeting_id,
  meeting_date AS meeting_day,
  publication_id
FROM audit.meeting
WHERE agreement_id = getvariable('agreement_id')
ORDER BY meeting_date DESC, recorded_at DESC
LIMIT 1
