-- Deliveries in force after which another of the same source and part came into force. A figure that still stands by
-- such a one was left out of the newer delivery, or its row there was rejected.
-- kind: view
SELECT delivery_id
FROM ledger.delivery
WHERE is_in_force
QUALIFY delivery_sequence < max(delivery_sequence) OVER (PARTITION BY source_id, part_id)
