-- The duty to follow up: one row per year, agreement and series of the fixed indicators. Was it followed up, when, on
-- which publication, by which meeting; if not, exactly one reason: no_meeting, not_delivered (no figure was there to be
-- seen) or not_taken_up. A year that is not over says so, for a meeting may still come; so does one in which the
-- agreement is no longer in force.
WITH asked AS (
  SELECT
    agreement.agreement_id,
    agreement.period_from,
    agreement.period_to,
    unnest(range(year(agreement.period_from), greatest(year(agreement.period_from), year(read.danish_day(build.as_of))) + 1)) AS year
  FROM catalogue.agreement
  CROSS JOIN ledger.build
),

held AS (
  SELECT
    agreement_id,
    year(meeting_date) AS year,
    count(*) AS meetings_held,
    max(published_at) AS last_published_at
  FROM audit.meeting
  GROUP BY ALL
),

followed AS (
  SELECT
    agreement_id,
    indicator_id,
    year(meeting_date) AS year,
    count(*) AS meetings,
    min(meeting_date) AS first_followed_up_on,
    max(meeting_date) AS last_followed_up_on,
    arg_max(meeting_id, meeting_date) AS last_meeting_id,
    arg_max(publication_id, meeting_date) AS last_publication_id,
    string_agg(meeting_id, ', ' ORDER BY meeting_date) AS meeting_ids,
    string_agg(DISTINCT publication_id, ', ' ORDER BY publication_id) AS publication_ids
  FROM audit.follow_up
  GROUP BY ALL
),

-- The first moment at which any figure of the areas was known, also one that a later delivery replaced.
first_known AS (
  SELECT
    reported_unit.agreement_id,
    observation.indicator_id,
    min(observation.known_from) AS known_from
  FROM core.observation
  INNER JOIN core.reported_unit
    ON observation.unit_level = reported_unit.unit_level AND observation.unit_id = reported_unit.unit_id
  WHERE reported_unit.area_level IN ('area', 'total')
    AND (
      coalesce(observation.value, observation.numerator) IS NOT NULL
      OR stat.is_withheld(observation.missing_reason)
    )
  GROUP BY ALL
  UNION ALL
  -- Figures that were added up from departments.
  SELECT agreement_id, indicator_id, min(known_at)
  FROM mart.indicator_series
  WHERE role = 'fixed' AND area_level IN ('area', 'total') AND added_up_from = 'department'
  GROUP BY ALL
),

delivered AS (
  SELECT agreement_id, indicator_id, min(known_from) AS known_from
  FROM first_known
  GROUP BY ALL
)

SELECT
  asked.year,
  asked.agreement_id,
  indicator.goal_id,
  indicator.indicator_number,
  indicator.indicator_id,
  indicator.indicator,
  coalesce(followed.meetings, 0) > 0 AS is_followed_up,
  coalesce(followed.meetings, 0) AS meetings,
  coalesce(held.meetings_held, 0) AS meetings_held,
  followed.first_followed_up_on,
  followed.last_followed_up_on,
  followed.last_meeting_id AS meeting_id,
  followed.last_publication_id AS publication_id,
  followed.meeting_ids,
  followed.publication_ids,
  delivered.known_from AS first_figure_known_at,
  CASE
    WHEN followed.meetings IS NOT NULL THEN NULL
    WHEN held.meetings_held IS NULL THEN 'no_meeting'
    WHEN delivered.known_from IS NULL OR delivered.known_from > held.last_published_at THEN 'not_delivered'
    ELSE 'not_taken_up'
  END AS reason,
  asked.year < year(read.danish_day(build.as_of)) AS year_is_over,
  asked.year BETWEEN year(asked.period_from) AND year(asked.period_to) AS agreement_is_in_force
FROM asked
CROSS JOIN ledger.build
CROSS JOIN catalogue.indicator
LEFT JOIN held ON asked.agreement_id = held.agreement_id AND asked.year = held.year
LEFT JOIN followed
  ON asked.agreement_id = followed.agreement_id AND asked.year = followed.year
  AND indicator.indicator_id = followed.indicator_id
LEFT JOIN delivered
  ON asked.agreement_id = delivered.agreement_id AND indicator.indicator_id = delivered.indicator_id
WHERE indicator.role = 'fixed'
