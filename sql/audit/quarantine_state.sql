-- What has become of each row in quarantine as of this publication: open, letter_made, replayed (a later delivery brought
-- the same figure good), rejected_again (a later delivery brought it no better: look there) or closed (by hand, by whom and
-- why).
WITH told AS (
  SELECT
    body ->> 'delivery_id' AS delivery_id,
    min(time) FILTER (kind = 'quarantine_opened') AS opened_at,
    max(time) FILTER (kind = 'quarantine_letter_made') AS letter_made_at,
    arg_max(kind, sequence) FILTER (kind IN ('quarantine_opened', 'quarantine_closed')) AS last_kind,
    max_by(body ->> 'how', sequence) FILTER (kind = 'quarantine_closed') AS closed_how,
    max(time) FILTER (kind = 'quarantine_closed') AS closed_at,
    arg_max(actor, sequence) FILTER (kind = 'quarantine_closed') AS closed_by,
    arg_max(reason, sequence) FILTER (kind = 'quarantine_closed') AS closed_because
  FROM ledger.entry
  WHERE kind LIKE 'quarantine\_%' ESCAPE '\'
  GROUP BY ALL
),

closed_by_hand AS (
  SELECT *
  FROM told
  WHERE last_kind = 'quarantine_closed' AND closed_how = 'by_hand'
),

rejected AS (
  SELECT
    quarantined.delivery_id,
    quarantined.row_number,
    quarantined.indicator_id,
    quarantined.unit_level,
    quarantined.period,
    quarantined.instrument,
    -- An unknown questionnaire is a known one that was misspelled: the corrected row bears another name.
    quarantined.instrument IS NOT NULL AND instrument.instrument IS NULL AS is_misnamed,
    quarantined_unit.unit_id,
    -- A unit that nobody knows goes by what it is called.
    coalesce(
      quarantined_unit.unit_id, lower(trim(quarantined.unit_code)), lower(trim(quarantined.unit_name))
    ) AS unit,
    delivery.source_id,
    delivery.delivery_sequence
  FROM raw.quarantined
  INNER JOIN ledger.delivery ON quarantined.delivery_id = delivery.delivery_id
  LEFT JOIN raw.quarantined_unit
    ON quarantined.delivery_id = quarantined_unit.delivery_id
    AND quarantined.row_number = quarantined_unit.row_number
  LEFT JOIN catalogue.instrument
    ON delivery.source_id = instrument.source_id AND quarantined.instrument = instrument.instrument
),

came_good AS (
  SELECT
    rejected.delivery_id,
    rejected.row_number,
    arg_min(observation.delivery_id, observation.delivery_sequence) AS replayed_by_delivery_id,
    arg_min(observation.known_from, observation.delivery_sequence) AS replayed_at
  FROM rejected
  INNER JOIN core.observation
    ON rejected.indicator_id = observation.indicator_id
    AND rejected.unit_level = observation.unit_level
    AND rejected.unit_id = observation.unit_id
    AND rejected.period = observation.period
    AND rejected.source_id = observation.source_id
    AND (rejected.is_misnamed OR rejected.instrument IS NOT DISTINCT FROM observation.instrument)
    AND rejected.delivery_sequence < observation.delivery_sequence
    AND observation.known_until IS NULL
  GROUP BY ALL
),

came_again AS (
  SELECT
    rejected.delivery_id,
    rejected.row_number,
    arg_max(again.delivery_id, again.delivery_sequence) AS rejected_again_in_delivery_id
  FROM rejected
  INNER JOIN rejected AS again
    ON rejected.source_id = again.source_id
    AND rejected.indicator_id = again.indicator_id
    AND rejected.unit_level = again.unit_level
    AND rejected.unit = again.unit
    AND rejected.period = again.period
    AND rejected.instrument IS NOT DISTINCT FROM again.instrument
    AND rejected.delivery_sequence < again.delivery_sequence
  GROUP BY ALL
)

SELECT
  quarantined.delivery_id,
  quarantined.row_number,
  CASE
    WHEN came_good.replayed_at IS NOT NULL THEN 'replayed'
    WHEN closed_by_hand.closed_at IS NOT NULL THEN 'closed'
    WHEN came_again.rejected_again_in_delivery_id IS NOT NULL THEN 'rejected_again'
    WHEN told.letter_made_at IS NOT NULL THEN 'letter_made'
    ELSE 'open'
  END AS state,
  told.opened_at,
  told.letter_made_at,
  came_good.replayed_by_delivery_id,
  came_good.replayed_at,
  came_again.rejected_again_in_delivery_id,
  closed_by_hand.closed_at,
  closed_by_hand.closed_by,
  closed_by_hand.closed_because
FROM raw.quarantined
LEFT JOIN told ON quarantined.delivery_id = told.delivery_id
LEFT JOIN closed_by_hand ON quarantined.delivery_id = closed_by_hand.delivery_id
LEFT JOIN came_good
  ON quarantined.delivery_id = came_good.delivery_id AND quarantined.row_number = came_good.row_number
LEFT JOIN came_again
  ON quarantined.delivery_id = came_again.delivery_id AND quarantined.row_number = came_again.row_number
