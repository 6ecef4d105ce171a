-- One row per approval: who handed the delivery in, who approved it, and whether these were two known, different persons.
-- What a rule let through was seen by nobody; a file that a machine fetched, and a sample, no person handed in.
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
    entry.reason
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
)

SELECT
  * EXCLUDE (approver, receiver, layer, deliverer),
  coalesce(
    approved_under <> 'automatic' AND approver <> '' AND deliverer <> ''
    AND approver <> receiver AND approver <> coalesce(layer, ''),
    false
  ) AS is_four_eyes
FROM folded
