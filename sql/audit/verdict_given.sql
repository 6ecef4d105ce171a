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

-- A verdict follows from the figures, those of the newest period first; that one is overdue explains least.
cause_of_cell AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    arg_max({cause: cause, source_id: source_id, delivery_id: new_delivery_id}, (cause <> 'time_passed', period)) AS told
  FROM audit.changed_figure
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
    last_given.was_given,
    CASE WHEN last_given.was_given THEN coalesce(of_area.told, of_municipality.told) END AS why
  FROM mart.goal_indicator AS judged
  CROSS JOIN ledger.build
  LEFT JOIN last_given
    ON judged.agreement_id = last_given.agreement_id AND judged.indicator_id = last_given.indicator_id
    AND judged.area_id = last_given.area_id
  LEFT JOIN cause_of_cell AS of_area
    ON judged.agreement_id = of_area.agreement_id AND judged.indicator_id = of_area.indicator_id
    AND judged.area_id = of_area.area_id
  LEFT JOIN cause_of_cell AS of_municipality
    ON judged.agreement_id = of_municipality.agreement_id AND judged.indicator_id = of_municipality.indicator_id
    AND of_municipality.area_id = 'municipality'
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
  delivery_id
FROM (
  FROM ledger.verdict_before
  UNION ALL BY NAME
  SELECT
    * EXCLUDE (was_given, why),
    -- Where nothing in the figures has moved, the rule of judging has.
    CASE WHEN was_given THEN coalesce(why.cause, 'method_change') END AS cause,
    why.source_id AS source_id,
    why.delivery_id AS delivery_id
  FROM given
)
LEFT JOIN withheld USING (agreement_id, indicator_id, area_id)
