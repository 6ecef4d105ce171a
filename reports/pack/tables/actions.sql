-- The actions that the year's meetings decided on, and those of earlier years that were not done when it began.
FROM audit.action
WHERE year(meeting_date) <= $year AND (year(meeting_date) = $year OR done_on IS NULL OR year(done_on) >= $year)
ORDER BY due, action_id
