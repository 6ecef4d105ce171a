-- Why the verdict of each cell could be another one than the publication before gave: the figure that moved it, of those
-- of the newest period first, and the area's own before the municipality's; that one is overdue explains least. Where
-- no figure has moved, the rule of judging has.
-- kind: scratch
WITH moved AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    period,
    cause,
    source_id,
    new_delivery_id AS delivery_id,
    old_value IS NOT NULL AND new_value IS NOT NULL AS is_known_figure
  FROM audit.changed_figure
),

moved_by AS (
  SELECT *, true AS is_own
  FROM moved
  UNION ALL BY NAME
  SELECT moved.* REPLACE (judged.area_id AS area_id), false AS is_own
  FROM mart.goal_indicator AS judged
  INNER JOIN moved
    ON judged.agreement_id = moved.agreement_id AND judged.indicator_id = moved.indicator_id
    AND moved.area_id = 'municipality'
),

told AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    arg_max(
      {'cause': cause, 'source_id': source_id, 'delivery_id': delivery_id, 'is_known_figure': is_known_figure},
      (cause <> 'time_passed', is_own, period)
    ) AS why
  FROM moved_by
  GROUP BY ALL
)

SELECT
  judged.agreement_id,
  judged.indicator_id,
  judged.area_id,
  coalesce(told.why.cause, 'method_change') AS cause,
  told.why.source_id AS source_id,
  told.why.delivery_id AS delivery_id,
  coalesce(told.why.is_known_figure, false) AS is_known_figure
FROM mart.goal_indicator AS judged
LEFT JOIN told USING (agreement_id, indicator_id, area_id)
