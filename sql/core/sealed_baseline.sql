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

SELECT
  -- What is withheld by now is not told again.
  sealed.* REPLACE (
    CASE WHEN withheld_figure.area_id IS NULL THEN sealed.value END AS value,
    CASE WHEN withheld_figure.area_id IS NULL THEN sealed.numerator END AS numerator,
    CASE WHEN withheld_figure.area_id IS NULL THEN sealed.denominator END AS denominator,
    CASE WHEN withheld_figure.area_id IS NULL THEN sealed.corrected_because END AS corrected_because
  )
FROM sealed
SEMI JOIN made ON sealed.publication_id = made.publication_id
LEFT JOIN core.withheld_figure
  ON sealed.agreement_id = withheld_figure.agreement_id AND sealed.area_id = withheld_figure.area_id
  AND sealed.indicator_id = withheld_figure.indicator_id AND sealed.period = withheld_figure.period
QUALIFY row_number() OVER (PARTITION BY sealed.agreement_id, sealed.indicator_id, sealed.area_id ORDER BY sealed.sequence) = 1
