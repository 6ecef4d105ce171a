-- One row per source and part: what came last, until when its figures reach, and what the publisher's
-- calendar says: fresh, due, late, or stopped (the newest delivery could not be used, the last good one stands).
WITH newest_period AS (
  SELECT
    delivery.source_id,
    delivery.part_id,
    arg_max(observation.period, period.period_end) AS newest_period
  FROM core.observation
  INNER JOIN ledger.delivery ON observation.delivery_id = delivery.delivery_id
  INNER JOIN core.period ON observation.period = period.period
  WHERE observation.value IS NOT NULL AND observation.known_until IS NULL
  GROUP BY ALL
),

newest_delivery AS (
  SELECT
    source_id,
    part_id,
    arg_max(delivery_id, delivery_sequence) AS delivery_id,
    arg_max(state, delivery_sequence) AS delivery_state,
    -- arg_max leaves NULL out and would tell the problem of an older delivery for ever.
    arg_max_null(problem, delivery_sequence) AS problem,
    arg_max(delivery_id, delivery_sequence) FILTER (is_in_force) AS last_good_delivery_id,
    max(received_at) AS received_at,
    arg_max(rows_in, delivery_sequence) AS rows_in,
    arg_max(rows_quarantined, delivery_sequence) AS rows_quarantined,
    bool_or(is_synthetic) AS is_synthetic
  FROM ledger.delivery
  GROUP BY ALL
)

SELECT
  expected.source_id,
  source.source,
  expected.part_id,
  newest_delivery.delivery_id,
  newest_delivery.last_good_delivery_id,
  newest_delivery.delivery_state,
  newest_delivery.received_at,
  newest_period.newest_period,
  newest_delivery.rows_in,
  newest_delivery.rows_quarantined,
  expected.expected_next,
  expected.late_after,
  source.expected AS expected_in_words,
  CASE
    WHEN expected.last_failure IS NOT NULL THEN 'stopped'
    ELSE expected.state
  END AS state,
  coalesce(expected.last_failure, newest_delivery.problem) AS problem,
  newest_delivery.is_synthetic
FROM ledger.expected
INNER JOIN catalogue.source ON expected.source_id = source.source_id
LEFT JOIN newest_delivery
  ON expected.source_id = newest_delivery.source_id AND expected.part_id = newest_delivery.part_id
LEFT JOIN newest_period
  ON expected.source_id = newest_period.source_id AND expected.part_id = newest_period.part_id
