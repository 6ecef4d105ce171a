-- Every move of every delivery from one state to the next: when, by whom, and why. What this publication itself moves
-- has no line of the ledger yet: a publication's line tells the digest of its file, so it is written after it.
-- kind: view
WITH told AS (
  SELECT
    sequence,
    time,
    actor,
    reason,
    body ->> 'delivery_id' AS delivery_id,
    CASE kind
      WHEN 'delivery_received' THEN 'delivered'
      WHEN 'delivery_awaits_approval' THEN 'awaiting_approval'
      ELSE replace(kind, 'delivery_', '')
    END AS state,
    body ->> 'problem' AS problem
  FROM ledger.entry
  WHERE kind LIKE 'delivery\_%' ESCAPE '\'
),

made AS (
  SELECT
    sequence,
    time,
    actor,
    body ->> 'publication_id' AS publication_id,
    from_json(body -> 'deliveries', '["VARCHAR"]') AS deliveries,
    coalesce(from_json(body -> 'superseded', '["VARCHAR"]'), []) AS superseded
  FROM ledger.entry
  WHERE kind = 'publication_made'
),

this_publication AS (
  SELECT build.as_of, build.publication_id, started.actor
  FROM ledger.build
  LEFT JOIN ledger.entry AS started
    ON started.kind = 'run_started' AND build.run_id = (started.body ->> 'run_id')
),

named AS (
  SELECT sequence, time, actor, publication_id, 'published' AS state, unnest(deliveries) AS delivery_id
  FROM made
  UNION ALL
  SELECT sequence, time, actor, publication_id, 'superseded', unnest(superseded)
  FROM made
  UNION ALL
  SELECT
    NULL,
    this_publication.as_of,
    this_publication.actor,
    this_publication.publication_id,
    unnest(CASE delivery.state WHEN 'superseded' THEN ['published', 'superseded'] ELSE ['published'] END),
    delivery.delivery_id
  FROM audit.delivery
  CROSS JOIN this_publication
  WHERE delivery.state IN ('published', 'superseded')
),

-- A publication names all that is in it: a move is the first one that does.
first_named AS (
  SELECT *
  FROM named
  QUALIFY row_number() OVER (PARTITION BY delivery_id, state ORDER BY sequence NULLS LAST) = 1
)

SELECT
  delivery_id,
  sequence AS ledger_sequence,
  state,
  time AS moved_at,
  actor AS moved_by,
  coalesce(nullif(reason, ''), problem, '') AS because
FROM told
UNION ALL
SELECT
  delivery_id,
  sequence,
  state,
  time,
  actor,
  CASE state WHEN 'published' THEN 'in publication ' ELSE 'no figure of it is current since publication ' END
  || publication_id
FROM first_named
