-- The baseline as it was signed: of each agreement, series and area (or total, municipality) the figure that stood when
-- it was first published, as the ledger sealed it. A seal whose publication was cut off never counted.
WITH made AS (
  SELECT body ->> 'publication_id' AS publication_id
  FROM ledger.entry
  WHERE kind = 'publication_made'
),

sealed AS (
  SELECT
    entry.sequence,
    entry.body ->> 'agreement_id' AS agreement_id,
    entry.body ->> 'publication_id' AS publication_id,
    (entry.body ->> 'signed_at')::TIMESTAMP AS signed_at,
    unnest(from_json(entry.body -> 'rows', '[{
      "indicator_id": "VARCHAR", "area_id": "VARCHAR", "period": "VARCHAR", "value": "DOUBLE", "numerator": "DOUBLE",
      "denominator": "DOUBLE", "definition_version": "VARCHAR", "delivery_id": "VARCHAR", "known_from": "TIMESTAMP",
      "corrected_because": "VARCHAR"
    }]'), recursive := true)
  FROM ledger.entry
  WHERE entry.kind = 'baseline_sealed'
)

SELECT sealed.*
FROM sealed
SEMI JOIN made ON sealed.publication_id = made.publication_id
QUALIFY row_number() OVER (PARTITION BY agreement_id, indicator_id, area_id ORDER BY sequence) = 1
