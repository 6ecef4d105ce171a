-- Every figure that a publication of the year showed otherwise than the one before it, and why.
FROM audit.revision
WHERE year(revised_at) = $year
ORDER BY revised_at, agreement_id, indicator_id, area_id, period
