-- Every delivery: when and by whom it came, its bytes' SHA-256, its state, and where its rows went. Once no figure of a
-- published one is the current one any more, its state is superseded.
-- kind: view
WITH made AS (
  SELECT
    time,
    body ->> 'publication_id' AS publication_id,
    unnest(from_json(body -> 'deliveries', '["VARCHAR"]')) AS delivery_id
  FROM ledger.entry
  WHERE kind = 'publication_made'
  UNION ALL
  SELECT build.as_of, build.publication_id, delivery.delivery_id
  FROM ledger.delivery
  CROSS JOIN ledger.build
  WHERE delivery.is_in_force
),

shown AS (
  SELECT
    delivery_id,
    min(time) AS published_at,
    arg_min(publication_id, time) AS published_in
  FROM made
  GROUP BY ALL
),

with_figures AS (
  SELECT
    delivery_id,
    bool_or(is_current) AS is_current
  FROM core.observation
  GROUP BY ALL
)

SELECT
  delivery.* REPLACE (
    CASE
      WHEN delivery.state = 'published' AND NOT coalesce(with_figures.is_current, false) THEN 'superseded'
      ELSE delivery.state
    END AS state
  ),
  shown.published_at,
  shown.published_in,
  'snapshots/' || delivery.source_id || '/' || delivery.snapshot_sha256 AS snapshot_folder
FROM ledger.delivery
LEFT JOIN shown ON delivery.delivery_id = shown.delivery_id
LEFT JOIN with_figures ON delivery.delivery_id = with_figures.delivery_id
