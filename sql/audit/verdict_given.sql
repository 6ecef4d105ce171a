-- Each verdict from the publication that was the first to give it: what it was, of which newest period, why it was another
-- one than before, and by which delivery. What stood in a publication is the last row up to it. The cause is empty where
-- no earlier verdict was at hand. Of a figure that is withheld now, earlier verdicts are empty.
WITH last_given AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    true AS was_given,
    arg_max_null(verdict, given_at) AS verdict,
    arg_max_null(verdict_reason, given_at) AS verdict_reason
  FROM ledger.verdict_before
  GROUP BY ALL
),

given AS (
  SELECT
    build.publication_id,
    build.as_of AS given_at,
    judged.agreement_id,
    judged.indicator_id,
    judged.area_id,
    judged.latest_period,
    judged.verdict,
    judged.verdict_reason,
    CASE WHEN last_given.was_given THEN why.cause END AS cause,
    CASE WHEN last_given.was_given THEN why.source_id END AS source_id,
    CASE WHEN last_given.was_given THEN why.delivery_id END AS delivery_id,
    CASE WHEN last_given.was_given THEN why.is_known_figure END AS is_known_figure
  FROM mart.goal_indicator AS judged
  CROSS JOIN ledger.build
  LEFT JOIN last_given
    ON judged.agreement_id = last_given.agreement_id AND judged.indicator_id = last_given.indicator_id
    AND judged.area_id = last_given.area_id
  LEFT JOIN audit.cause_of_verdict AS why
    ON judged.agreement_id = why.agreement_id AND judged.indicator_id = why.indicator_id
    AND judged.area_id = why.area_id
  WHERE last_given.was_given IS NULL
    OR last_given.verdict IS DISTINCT FROM judged.verdict
    OR last_given.verdict_reason IS DISTINCT FROM judged.verdict_reason
),

withheld AS (
  SELECT agreement_id, indicator_id, area_id, true AS is_withheld
  FROM mart.goal_indicator
  WHERE verdict_reason = 'withheld'
)

SELECT
  publication_id,
  given_at,
  agreement_id,
  indicator_id,
  area_id,
  latest_period,
  CASE WHEN NOT coalesce(is_withheld, false) OR verdict_reason = 'withheld' THEN verdict END AS verdict,
  verdict_reason,
  cause,
  source_id,
  delivery_id,
  is_known_figure
FROM (
  FROM ledger.verdict_before
  UNION ALL BY NAME
  FROM given
)
LEFT JOIN withheld USING (agreement_id, indicator_id, area_id)
