-- Every release of every figure: one row per delivered row that passed its checks, and one more where a correction of
-- the catalogue changed it. Nothing here is overwritten: a later delivery of the same figure is one more row with a
-- later known_from (UTC), and is_current on that row alone. What was published and rejected since was known until then
-- (known_until). Rows of core.withheld are empty in all that could tell their figures.
WITH released AS (
  SELECT *, true AS is_in_force
  FROM raw.observation
  UNION ALL BY NAME
  SELECT *, false AS is_in_force
  FROM raw.formerly_published
),

shown AS (
  SELECT
    observation.*,
    withheld.row_number AS withheld
  FROM released AS observation
  LEFT JOIN core.withheld
    ON observation.delivery_id = withheld.delivery_id AND observation.row_number = withheld.row_number
    AND (observation.corrected_on IS NOT NULL) = withheld.is_correction
)

SELECT
  observation.indicator_id,
  observation.unit_level,
  observation.unit_id,
  observation.period,
  CASE WHEN withheld IS NULL THEN observation.numerator END AS numerator,
  CASE WHEN withheld IS NULL THEN observation.denominator END AS denominator,
  CASE
    WHEN withheld IS NULL THEN stat.shown_value(
      indicator.kind, observation.numerator, observation.denominator, observation.value,
      observation.unit_level, source.disclosure_applies
    )
  END AS value,
  CASE WHEN withheld IS NULL THEN observation.standard_deviation END AS standard_deviation,
  CASE WHEN withheld IS NULL THEN observation.design_effect END AS design_effect,
  CASE WHEN withheld IS NULL THEN observation.response_rate END AS response_rate,
  observation.instrument,
  CASE WHEN withheld IS NULL THEN observation.wording END AS wording,
  CASE WHEN withheld IS NULL THEN observation.note END AS note,
  CASE WHEN withheld IS NULL THEN observation.sign END AS sign,
  -- Where the source withheld the figure itself, that is why it lacks; of departments it is not told whose doing it is,
  -- for then their sums would tell more of a count that is known to be small.
  CASE
    WHEN withheld IS NULL THEN observation.missing_reason
    WHEN observation.unit_level = 'department' THEN 'withheld_here'
    ELSE coalesce(observation.missing_reason, 'withheld_here')
  END AS missing_reason,
  delivery.source_id,
  delivery.delivery_id,
  delivery.delivery_sequence,
  -- A correction counts from its day, if the delivery was approved by then.
  greatest(delivery.approved_at, observation.corrected_on) AS known_from,
  delivery.rejected_at AS known_until,
  CASE WHEN withheld IS NULL THEN observation.corrected_because END AS corrected_because,
  delivery.is_synthetic,
  observation.file_name,
  observation.place,
  observation.first_line,
  observation.row_number,
  observation.is_in_force AND superseded_observation.row_number IS NULL AS is_current,
  CASE
    WHEN NOT is_current OR replaced_delivery.delivery_id IS NULL THEN NULL
    WHEN rejected_row.unit_id IS NOT NULL THEN 'rejected_by_a_check'
    ELSE 'not_in_newest_delivery'
  END AS carried_over_because
FROM shown AS observation
INNER JOIN ledger.delivery ON observation.delivery_id = delivery.delivery_id
INNER JOIN catalogue.indicator ON observation.indicator_id = indicator.indicator_id
LEFT JOIN catalogue.source ON delivery.source_id = source.source_id
LEFT JOIN core.replaced_delivery ON observation.delivery_id = replaced_delivery.delivery_id
LEFT JOIN core.rejected_row
  ON replaced_delivery.delivery_id IS NOT NULL
  AND delivery.source_id = rejected_row.source_id
  AND observation.indicator_id = rejected_row.indicator_id
  AND observation.unit_level = rejected_row.unit_level
  AND observation.unit_id = rejected_row.unit_id
  AND observation.period = rejected_row.period
LEFT JOIN core.superseded_observation
  ON observation.delivery_id = superseded_observation.delivery_id
  AND observation.row_number = superseded_observation.row_number
  AND (observation.corrected_on IS NOT NULL) = superseded_observation.is_correction
