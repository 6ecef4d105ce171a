-- Every publication, this one last: its id, what it was made from and when (UTC), which one it was compared with, and
-- how many figures changed (see audit.revision); NULL where there was none to compare with.
SELECT
  body ->> 'publication_id' AS publication_id,
  body ->> 'run_id' AS run_id,
  time AS published_at,
  (body ->> 'as_of')::TIMESTAMP AS as_of,
  body ->> 'inputs_digest' AS inputs_digest,
  body ->> 'file_sha256' AS file_sha256,
  body -> 'figures_revised' ->> 'compared_with' AS compared_with,
  (body -> 'figures_revised' ->> 'rows')::BIGINT AS figures_revised,
  false AS is_this_one
FROM ledger.entry
WHERE kind = 'publication_made'
UNION ALL
SELECT
  build.publication_id,
  build.run_id,
  build.as_of,
  build.as_of,
  build.inputs_digest,
  NULL,
  publication_before.publication_id,
  CASE WHEN publication_before.publication_id IS NOT NULL THEN (
    SELECT count(*)
    FROM audit.revision
    WHERE revision.publication_id = build.publication_id
  ) END,
  true
FROM ledger.build
LEFT JOIN ledger.publication_before ON true
