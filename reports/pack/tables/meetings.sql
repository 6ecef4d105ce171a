-- The board's meetings of the year, as they were last recorded.
SELECT * EXCLUDE (indicators, actions_done)
FROM audit.meeting
WHERE year(meeting_date) = $year
ORDER BY meeting_date, meeting_id
