-- Every delivery: when and by whom it came, its bytes' SHA-256, its state, and where its rows went.
-- kind: view
SELECT
  delivery.*,
  'snapshots/' || source_id || '/' || snapshot_sha256 AS snapshot_folder
FROM ledger.delivery
