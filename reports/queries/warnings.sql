-- What the checks found in deliveries that figures come from, and that did not stop them: newest delivery first.
SELECT
  check_outcome.source_id,
  source.source,
  source.source_en,
  check_outcome.part_id,
  check_outcome.delivery_id,
  check_outcome.check_id,
  check_outcome.because,
  check_outcome.action,
  check_outcome.failing_rows,
  check_outcome.observed
FROM audit.check_outcome
INNER JOIN audit.delivery ON check_outcome.delivery_id = delivery.delivery_id
INNER JOIN catalogue.source ON check_outcome.source_id = source.source_id
WHERE NOT check_outcome.success AND delivery.is_in_force
ORDER BY delivery.delivery_sequence DESC, check_outcome.check_id
