-- Every check of every delivery at its last checking, passes too, with its severity and its because.
-- kind: view
SELECT
  delivery.source_id,
  delivery.part_id,
  check_outcome.*
FROM ledger.check_outcome
INNER JOIN ledger.delivery ON check_outcome.delivery_id = delivery.delivery_id
