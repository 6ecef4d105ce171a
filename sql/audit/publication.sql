-- Every publication, this one last: its id, what it was made from and when (UTC).
SELECT
  body ->> 'publication_id' AS publication_id,
  body ->> 'run_id' AS run_id,
  time AS published_at,
  (body ->> 'as_of')::TIMESTAMP AS as_of,
  body ->> 'inputs_digest' AS inputs_digest,
  body ->> 'file_sha256' AS file_sha256,
  false AS is_this_one
FROM ledger.entry
WHERE kind = 'publication_made'
UNION ALL
SELECT publication_id, run_id, as_of, as_of, inputs_digest, NULL, true
FROM ledger.build
