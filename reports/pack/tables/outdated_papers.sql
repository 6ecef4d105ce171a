-- Figures that a meeting of the year saw and that have been changed since, up to the publication that this is made from.
FROM audit.outdated_paper
WHERE year(meeting_date) = $year
ORDER BY meeting_date, meeting_id, indicator_id, area_id, period
