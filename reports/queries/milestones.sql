-- Process goals of one agreement's sub-agreements, apart from the indicators, nested by focus area: each milestone
-- with its state on the day of the publication.
SELECT
  focus_area_id,
  focus_area,
  bool_or(is_synthetic) AS is_synthetic,
  list(whole_row ORDER BY due, sub_goal, milestone) AS milestones
FROM mart.milestone AS whole_row
WHERE agreement_id = getvariable('agreement_id')
GROUP BY ALL
ORDER BY focus_area_id
