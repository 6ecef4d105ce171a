-- Every delivery that was received by the end of the year: its bytes, its state, and where its rows went.
SELECT
  delivery_id, source_id, part_id, original_name, snapshot_sha256, origin, received_at, received_by, checked_at,
  approved_at, approved_by, state, is_in_force, rows_in, rows_loaded, rows_quarantined, problem, is_synthetic,
  year(received_at) = $year AS received_this_year
FROM audit.delivery
WHERE year(received_at) <= $year
ORDER BY received_at, delivery_id
