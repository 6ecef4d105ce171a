-- One row per delivery and check of its last checking, passes too.
WITH last_checking AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    max(time) AS checked_at,
    arg_max(body, sequence) AS body
  FROM ledger.entry
  WHERE kind IN ('delivery_checked', 'delivery_stopped')
  GROUP BY ALL
),

listed AS (
  SELECT
    delivery_id,
    checked_at,
    unnest(from_json(body -> 'outcomes', '["JSON"]')) AS outcome
  FROM last_checking
)

SELECT
  delivery_id,
  outcome ->> 'check' AS check_id,
  outcome ->> 'expectation' AS expectation,
  outcome ->> 'severity' AS severity,
  outcome ->> 'because' AS because,
  (outcome ->> 'success')::BOOLEAN AS success,
  (outcome ->> 'failing_rows')::BIGINT AS failing_rows,
  outcome ->> 'action' AS action,
  outcome ->> 'observed' AS observed,
  checked_at
FROM listed
