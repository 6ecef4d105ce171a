-- Which units a larger unit is made of, directly or by way of a unit between, and when.
WITH direct AS (
  SELECT
    child_level,
    child_id,
    parent_level,
    parent_id,
    coalesce(valid_from, DATE '0001-01-01') AS valid_from,
    coalesce(valid_to, DATE '9999-12-31') AS valid_to,
    1 AS steps
  FROM catalogue.membership
),

by_way_of_area AS (
  SELECT
    lower_step.child_level,
    lower_step.child_id,
    upper_step.parent_level,
    upper_step.parent_id,
    greatest(lower_step.valid_from, upper_step.valid_from) AS valid_from,
    least(lower_step.valid_to, upper_step.valid_to) AS valid_to,
    2 AS steps
  FROM direct AS lower_step
  INNER JOIN direct AS upper_step
    ON lower_step.parent_level = upper_step.child_level AND lower_step.parent_id = upper_step.child_id
)

FROM direct
UNION ALL
FROM by_way_of_area
