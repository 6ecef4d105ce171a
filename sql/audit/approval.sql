-- One row per approval: who handed the delivery in, who approved it, and whether these were two known, different persons.
-- What a rule let through was seen by nobody; a file that a machine fetched, and a sample, no person handed in.
-- rehearsal_seen_at: when the approver ran the rehearsal or first opened it; told of these acts, not of the approval.
-- kind: view
WITH approved AS (
  SELECT
    delivery.delivery_id,
    delivery.source_id,
    delivery.original_name,
    coalesce(entry.body ->> 'contract_policy', entry.body ->> 'policy') AS policy_of_the_source,
    entry.body ->> 'policy' AS approved_under,
    delivery.received_by,
    delivery.laid_by,
    CASE
      WHEN coalesce(delivery.origin, '') = '' THEN delivery.received_by
      -- A number is all that is left of an account that the machine no longer knows.
      WHEN delivery.origin = 'inbox' AND NOT regexp_full_match(delivery.laid_by, 'user \d+') THEN delivery.laid_by
    END AS handed_in_by,
    delivery.received_at,
    entry.actor AS approved_by,
    entry.time AS approved_at,
    entry.body ->> 'rehearsal_id' AS rehearsal_id,
    entry.reason,
    entry.sequence
  FROM ledger.entry
  INNER JOIN audit.delivery ON entry.body ->> 'delivery_id' = delivery.delivery_id
  WHERE entry.kind = 'delivery_approved'
),

-- Upper and lower case, and how many blanks, make no other person.
folded AS (
  SELECT
    *,
    lower(trim(regexp_replace(approved_by, '[\s\pZ]+', ' ', 'g'))) AS approver,
    lower(trim(regexp_replace(received_by, '[\s\pZ]+', ' ', 'g'))) AS receiver,
    lower(trim(regexp_replace(laid_by, '[\s\pZ]+', ' ', 'g'))) AS layer,
    lower(trim(regexp_replace(handed_in_by, '[\s\pZ]+', ' ', 'g'))) AS deliverer
  FROM approved
),

looked AS (
  SELECT
    sequence,
    time,
    kind,
    actor,
    body ->> 'rehearsal_id' AS rehearsal_id,
    lower(trim(regexp_replace(actor, '[\s\pZ]+', ' ', 'g'))) AS onlooker
  FROM ledger.entry
  WHERE kind IN ('rehearsed', 'rehearsal_opened')
),

rehearsal AS (
  SELECT
    folded.sequence,
    min(looked.actor) FILTER (looked.kind = 'rehearsed') AS rehearsed_by,
    min(looked.time) FILTER (looked.onlooker = folded.approver) AS rehearsal_seen_at
  FROM folded
  INNER JOIN looked ON folded.rehearsal_id = looked.rehearsal_id AND folded.sequence > looked.sequence
  GROUP BY ALL
)

SELECT
  folded.* EXCLUDE (approver, receiver, layer, deliverer, sequence),
  rehearsal.rehearsed_by,
  rehearsal.rehearsal_seen_at,
  coalesce(
    approved_under <> 'automatic' AND approver <> '' AND deliverer <> ''
    AND approver <> receiver AND approver <> coalesce(layer, ''),
    false
  ) AS is_four_eyes
FROM folded
LEFT JOIN rehearsal ON folded.sequence = rehearsal.sequence
