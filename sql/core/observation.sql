-- Every release of every figure: one row per delivered row that passed its checks, and one more where a correction of
-- the catalogue changed it. Nothing here is overwritten: a later delivery of the same figure is one more row with a
-- later known_from (UTC), and is_current on that row alone.
SELECT
  observation.indicator_id,
  observation.unit_level,
  observation.unit_id,
  observation.period,
  observation.numerator,
  observation.denominator,
  CASE
    WHEN indicator.kind IN ('share', 'turnout') AND observation.denominator > 0 AND observation.numerator IS NOT NULL
      THEN observation.numerator / observation.denominator
    WHEN indicator.kind = 'amount' THEN coalesce(observation.value, observation.numerator)
    ELSE observation.value
  END AS value,
  observation.standard_deviation,
  observation.design_effect,
  observation.response_rate,
  observation.instrument,
  observation.wording,
  observation.note,
  observation.sign,
  observation.missing_reason,
  delivery.source_id,
  delivery.delivery_id,
  delivery.delivery_sequence,
  -- A correction counts from its day, if the delivery was approved by then.
  greatest(delivery.approved_at, observation.corrected_on) AS known_from,
  observation.corrected_because,
  delivery.is_synthetic,
  observation.file_name,
  observation.place,
  observation.first_line,
  observation.row_number,
  superseded_observation.row_number IS NULL AS is_current
FROM raw.observation
INNER JOIN ledger.delivery ON observation.delivery_id = delivery.delivery_id
INNER JOIN catalogue.indicator ON observation.indicator_id = indicator.indicator_id
LEFT JOIN core.superseded_observation
  ON observation.delivery_id = superseded_observation.delivery_id
  AND observation.row_number = superseded_observation.row_number
  AND (observation.corrected_on IS NOT NULL) = superseded_observation.is_correction
