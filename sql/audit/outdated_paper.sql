-- Old papers warn: each figure that an earlier publication showed and a later one shows otherwise, with what was shown,
-- what is shown now and why, once for each meeting that saw that publication, and once without a meeting where none did.
-- kind: view
WITH publication AS (
  SELECT
    body ->> 'publication_id' AS publication_id,
    digest,
    time AS published_at
  FROM ledger.entry
  WHERE kind = 'publication_made'
),

-- The board's table has a cell for every area as soon as the period has come for any of them.
first_shown AS (
  SELECT indicator_id, period, min(known_from) AS known_from
  FROM core.observation
  SEMI JOIN audit.revision USING (indicator_id, period)
  GROUP BY ALL
),

since AS (
  SELECT
    publication.publication_id,
    publication.digest,
    publication.published_at,
    revision.agreement_id,
    revision.indicator_id,
    revision.area_id,
    revision.period,
    arg_min_null(revision.old_value, revision.revised_at) AS shown_value,
    arg_min_null(revision.old_missing_reason, revision.revised_at) AS shown_missing_reason,
    arg_max_null(revision.new_value, revision.revised_at) AS value,
    arg_max_null(revision.new_missing_reason, revision.revised_at) AS missing_reason,
    arg_max(revision.cause, revision.revised_at) AS cause,
    arg_max_null(revision.new_delivery_id, revision.revised_at) AS delivery_id,
    max(revision.revised_at) AS revised_at,
    count(*) AS times_revised
  FROM publication
  INNER JOIN audit.revision ON publication.published_at < revision.revised_at
  INNER JOIN first_shown
    ON revision.indicator_id = first_shown.indicator_id AND revision.period = first_shown.period
    AND first_shown.known_from <= publication.published_at
  GROUP BY ALL
)

SELECT
  since.publication_id,
  since.digest AS publication_digest,
  since.published_at,
  meeting.meeting_id,
  meeting.meeting_date,
  since.agreement_id,
  since.indicator_id,
  since.area_id,
  since.period,
  since.shown_value,
  since.shown_missing_reason,
  since.value,
  since.missing_reason,
  since.cause,
  since.delivery_id,
  since.revised_at,
  since.times_revised
FROM since
LEFT JOIN audit.meeting
  ON since.digest = meeting.publication_digest AND since.agreement_id = meeting.agreement_id
WHERE shown_value IS DISTINCT FROM value OR shown_missing_reason IS DISTINCT FROM missing_reason
