-- Process goals apart from the indicators: the milestones of the sub-agreements, as they stand now.
FROM mart.milestone
ORDER BY agreement_id, due, milestone
