-- Figures that were first published under another version of their indicator's definition than today's: all that became
-- known at this moment (`known_from`). Each publication tells the ledger which versions it was made with.
WITH told AS (
  SELECT
    time AS published_at,
    unnest(
      from_json(body -> 'definitions', '[{"indicator_id": "VARCHAR", "definition_version": "VARCHAR"}]'),
      recursive := true
    )
  FROM ledger.entry
  WHERE kind = 'publication_made'
),

span AS (
  SELECT
    *,
    coalesce(lag(published_at) OVER (PARTITION BY indicator_id ORDER BY published_at), TIMESTAMP '0001-01-01')
      AS previously_published_at
  FROM told
),

approved AS (
  SELECT DISTINCT approved_at AS known_from
  FROM ledger.delivery
)

SELECT
  span.indicator_id,
  approved.known_from,
  span.definition_version
FROM span
INNER JOIN catalogue.indicator
  ON span.indicator_id = indicator.indicator_id AND span.definition_version <> indicator.definition_version
INNER JOIN approved
  ON approved.known_from > span.previously_published_at AND approved.known_from <= span.published_at
