-- The publication that the file holds: its id, when it was made (seconds since 1970, UTC), its inputs' digest.
SELECT
  publication_id,
  epoch_us(as_of) // 1000000 AS as_of_seconds,
  inputs_digest
FROM audit.publication
WHERE is_this_one
