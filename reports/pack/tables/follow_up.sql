-- What each meeting saw, remarked and decided, per indicator.
FROM audit.follow_up
WHERE year(meeting_date) = $year
ORDER BY meeting_date, meeting_id, indicator_id
