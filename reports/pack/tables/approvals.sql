-- Who handed in and who approved each delivery of the year. Four eyes: a person approved it who had not handed it in;
-- what a rule let through by itself was seen by nobody.
SELECT
  delivery.delivery_id,
  delivery.source_id,
  delivery.original_name,
  coalesce(entry.body ->> 'contract_policy', entry.body ->> 'policy') AS policy_of_the_source,
  entry.body ->> 'policy' AS approved_under,
  delivery.received_by,
  delivery.received_at,
  entry.actor AS approved_by,
  entry.time AS approved_at,
  entry.body ->> 'policy' <> 'automatic' AND entry.actor <> delivery.received_by AS is_four_eyes,
  entry.body ->> 'rehearsal_id' AS rehearsal_id,
  entry.reason
FROM ledger.entry
INNER JOIN audit.delivery ON entry.body ->> 'delivery_id' = delivery.delivery_id
WHERE entry.kind = 'delivery_approved' AND year(entry.time) = $year
ORDER BY approved_at, delivery_id
