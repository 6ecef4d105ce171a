-- One row per indicator, reported unit and period: the delivered figure, or where none was delivered for that unit
-- the sum of its parts; a fixed indicator's total for an agreement is always the sum of
-- its areas where those came, so that it is about the same areas in every period; what was delivered checks it.
-- `part_level` says of which units it was added up; NULL means delivered as it is.
-- Departments, nine rows in ten, are not reported by themselves and stay in core.observation alone.
WITH total AS (
  SELECT added_up.*
  FROM core.added_up
  SEMI JOIN catalogue.indicator
    ON added_up.indicator_id = indicator.indicator_id AND indicator.role = 'fixed'
  WHERE added_up.unit_level = 'agreement' AND added_up.part_level = 'area'
),

delivered AS (
  SELECT
    indicator_id,
    unit_level,
    unit_id,
    period,
    NULL::VARCHAR AS part_level,
    numerator,
    denominator,
    value,
    standard_deviation,
    design_effect,
    response_rate,
    -- It came, and there was nobody to measure.
    CASE WHEN value IS NULL THEN coalesce(missing_reason, if(denominator = 0, 'not_measured_in_this_period', 'not_delivered'))
    END AS missing_reason,
    -- The reader's sign for a row that StatBank left out: 0 or withheld, unknown which (tasks/reading/statbank.py).
    sign = 'absent' AS is_zero_or_withheld,
    instrument,
    wording,
    note,
    source_id,
    delivery_id,
    [delivery_id] AS delivery_ids,
    known_from,
    carried_over_because,
    corrected_because,
    is_synthetic,
    row_number,
    place,
    file_name,
    first_line
  FROM core.official_observation
  SEMI JOIN core.reported_unit USING (unit_level, unit_id)
  ANTI JOIN total USING (indicator_id, unit_level, unit_id, period)
),

added_up AS (
  SELECT added_up.*
  FROM core.added_up
  SEMI JOIN core.reported_unit USING (unit_level, unit_id)
  ANTI JOIN delivered USING (indicator_id, unit_level, unit_id, period)
  QUALIFY row_number() OVER (
    PARTITION BY indicator_id, unit_level, unit_id, period
    -- A figure that was delivered as withheld must not come out by adding smaller units round it.
    ORDER BY steps = 1 AND coalesce(missing_reason, 'not_delivered') <> 'not_delivered' DESC, is_complete DESC, steps
  ) = 1
)

FROM delivered
UNION ALL BY NAME
SELECT * EXCLUDE (steps, is_complete) FROM added_up
