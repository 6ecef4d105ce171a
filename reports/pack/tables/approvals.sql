-- Who handed in and who approved each delivery of the year; four eyes means that these were two persons.
SELECT
  delivery.delivery_id,
  delivery.source_id,
  entry.body ->> 'contract_policy' AS policy_of_the_source,
  entry.body ->> 'policy' AS approved_under,
  delivery.received_by,
  delivery.received_at,
  entry.actor AS approved_by,
  entry.time AS approved_at,
  entry.actor <> delivery.received_by AS is_four_eyes,
  entry.reason
FROM ledger.entry
INNER JOIN audit.delivery ON entry.body ->> 'delivery_id' = delivery.delivery_id
WHERE entry.kind = 'delivery_approved' AND year(entry.time) = $year
ORDER BY approved_at, delivery_id
