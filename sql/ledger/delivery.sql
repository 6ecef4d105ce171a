-- One row per delivery that was received, with what has become of it.
WITH received AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    body ->> 'source_id' AS source_id,
    body ->> 'part_id' AS part_id,
    body ->> 'sha256' AS snapshot_sha256,
    body ->> 'original_name' AS original_name,
    (body ->> 'is_synthetic')::BOOLEAN AS declared_synthetic,
    body ->> 'origin' AS origin,
    body ->> 'laid_by' AS laid_by,
    time AS received_at,
    actor AS received_by,
    sequence AS delivery_sequence
  FROM ledger.entry
  WHERE kind = 'delivery_received'
),

checked AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    max(time) AS checked_at,
    arg_max(kind, sequence) AS last_kind,
    arg_max(body, sequence) AS last_body,
    arg_max(body ->> 'part_id', sequence) AS part_id
  FROM ledger.entry
  WHERE kind IN ('delivery_checked', 'delivery_stopped', 'delivery_unreadable')
  GROUP BY ALL
),

-- What was approved stays in force in its last good reading.
good AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    arg_max(body, sequence) AS body
  FROM ledger.entry
  WHERE kind = 'delivery_checked'
  GROUP BY ALL
),

-- What was rejected is out for good, also after it had been approved.
decided AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    max(time) FILTER (kind = 'delivery_approved') AS approved_at,
    arg_max(actor, sequence) FILTER (kind = 'delivery_approved') AS approved_by,
    max(time) FILTER (kind = 'delivery_rejected') AS rejected_at,
    arg_max(actor, sequence) FILTER (kind = 'delivery_rejected') AS rejected_by,
    arg_max(reason, sequence) FILTER (kind = 'delivery_rejected') AS rejected_because,
    max(time) FILTER (kind = 'delivery_awaits_approval') AS awaiting_since,
    arg_max(body ->> 'policy', sequence) FILTER (kind = 'delivery_awaits_approval') AS awaiting_policy
  FROM ledger.entry
  WHERE kind IN ('delivery_approved', 'delivery_rejected', 'delivery_awaits_approval')
  GROUP BY ALL
)

SELECT
  received.delivery_id,
  received.source_id,
  coalesce(checked.part_id, received.part_id) AS part_id,
  received.snapshot_sha256,
  received.original_name,
  received.origin,
  received.received_at,
  received.received_by,
  received.laid_by,
  received.delivery_sequence,
  checked.checked_at,
  decided.awaiting_since,
  decided.awaiting_policy,
  decided.approved_at,
  decided.approved_by,
  decided.rejected_at,
  decided.rejected_by,
  decided.rejected_because,
  good.body IS NOT NULL AND decided.approved_at IS NOT NULL AND decided.rejected_at IS NULL AS is_in_force,
  CASE
    WHEN decided.rejected_at IS NOT NULL THEN 'rejected'
    WHEN checked.last_kind = 'delivery_unreadable' THEN 'unreadable'
    WHEN checked.last_kind = 'delivery_stopped' THEN 'stopped'
    -- This warehouse is the publication that shows it.
    WHEN decided.approved_at IS NOT NULL THEN 'published'
    WHEN decided.awaiting_since IS NOT NULL THEN 'awaiting_approval'
    WHEN checked.last_kind = 'delivery_checked' THEN 'checked'
    ELSE 'delivered'
  END AS state,
  coalesce((coalesce(good.body, checked.last_body) ->> 'rows_in')::BIGINT, 0) AS rows_in,
  coalesce((coalesce(good.body, checked.last_body) ->> 'rows_loaded')::BIGINT, 0) AS rows_loaded,
  coalesce((coalesce(good.body, checked.last_body) ->> 'rows_quarantined')::BIGINT, 0) AS rows_quarantined,
  checked.last_body ->> 'problem' AS problem,
  -- Not known of a file that was never read, unless whoever delivered it said that it is made up.
  received.declared_synthetic OR (coalesce(good.body, checked.last_body) ->> 'is_synthetic')::BOOLEAN AS is_synthetic
FROM received
LEFT JOIN checked USING (delivery_id)
LEFT JOIN good USING (delivery_id)
LEFT JOIN decided USING (delivery_id)
