-- Process goals, apart from the nine indicators: one row per milestone of the newest plan of each agreement's
-- sub-agreements (delaftaler): reached, reached_late, late or coming on the day of this publication.
WITH plan AS (
  SELECT
    milestone.*,
    unit_published_as.unit_id AS agreement_id,
    delivery.source_id,
    delivery.approved_at,
    delivery.is_synthetic,
    delivery.delivery_sequence
  FROM raw.milestone
  INNER JOIN ledger.delivery ON milestone.delivery_id = delivery.delivery_id
  INNER JOIN catalogue.unit_published_as
    ON unit_published_as.unit_level = 'agreement'
    AND unit_published_as.published_as = lower(trim(milestone.unit_name))
    AND unit_published_as.municipality_code IS NULL
  ANTI JOIN raw.quarantined
    ON milestone.delivery_id = quarantined.delivery_id AND milestone.row_number = quarantined.row_number
),

-- A plan is a whole: what the newest one no longer tells of stays with its delivery.
newest AS (
  SELECT agreement_id, source_id, max(delivery_sequence) AS delivery_sequence
  FROM plan
  GROUP BY ALL
),

dated AS (
  SELECT
    plan.* EXCLUDE (reached_on),
    plan.period::DATE AS due,
    read.day(plan.reached_on)::DATE AS reached_on,
    read.danish_day(build.as_of) AS today
  FROM plan
  SEMI JOIN newest USING (agreement_id, source_id, delivery_sequence)
  CROSS JOIN ledger.build
)

SELECT
  dated.agreement_id,
  focus_area.goal_id,
  focus_area.focus_area_id,
  focus_area.focus_area,
  dated.sub_agreement,
  dated.sub_goal,
  dated.activity,
  dated.milestone,
  dated.responsible,
  dated.due,
  dated.reached_on,
  CASE
    WHEN dated.reached_on <= dated.due THEN 'reached'
    WHEN dated.reached_on > dated.due THEN 'reached_late'
    WHEN dated.due < dated.today THEN 'late'
    ELSE 'coming'
  END AS state,
  nullif(greatest(coalesce(dated.reached_on, dated.today) - dated.due, 0), 0) AS days_late,
  dated.note,
  dated.source_id,
  dated.delivery_id,
  read.locator(dated.file_name, dated.place, dated.first_line, dated.row_number) AS locator,
  dated.is_synthetic,
  dated.approved_at AS known_at
FROM dated
INNER JOIN catalogue.focus_area
  ON dated.agreement_id = focus_area.agreement_id AND lower(trim(dated.focus_area)) = lower(focus_area.focus_area)
