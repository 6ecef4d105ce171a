-- The current observations that the catalogue names as the figure: per indicator and level one source, and for a
-- municipality's period that this source says nothing of, the source of the areas. Rows of any other source about
-- the same figure, and answers to a second questionnaire in the same period (a series of its own), stay in
-- core.observation and are shown nowhere else.
-- kind: scratch
WITH with_two_sources AS (
  SELECT *
  FROM catalogue.indicator
  WHERE source_id <> municipality_source_id
),

covered AS (
  SELECT DISTINCT
    current_observation.indicator_id,
    current_observation.period,
    coalesce(membership.parent_id, current_observation.unit_id) AS municipality_code
  FROM core.current_observation
  INNER JOIN with_two_sources
    ON current_observation.indicator_id = with_two_sources.indicator_id
    AND current_observation.source_id = with_two_sources.municipality_source_id
  LEFT JOIN catalogue.membership
    ON current_observation.unit_level = 'polling_district'
    AND membership.child_level = 'polling_district'
    AND current_observation.unit_id = membership.child_id
),

-- Of two questionnaires the one that has a figure, then the one that the contract names first; its note, which stands
-- wherever the figure stands, names the others that were answered.
questionnaire AS (
  SELECT
    current_observation.delivery_id,
    current_observation.row_number,
    row_number() OVER in_cell AS choice,
    string_agg(current_observation.instrument, '« og »')
      FILTER (missing_reason IS DISTINCT FROM 'not_measured_in_this_period')
      OVER (in_cell ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS others
  FROM core.current_observation
  LEFT JOIN catalogue.instrument
    ON current_observation.source_id = instrument.source_id AND current_observation.instrument = instrument.instrument
  WHERE current_observation.source_id IN (SELECT source_id FROM catalogue.instrument)
  WINDOW in_cell AS (
    PARTITION BY current_observation.source_id, indicator_id, unit_level, unit_id, period
    ORDER BY value IS NULL, instrument_number NULLS LAST, current_observation.instrument
  )
),

first_questionnaire AS NOT MATERIALIZED (
  SELECT current_observation.* REPLACE (
    CASE
      WHEN others IS NULL THEN note
      ELSE concat_ws('; ', note, 'også målt med spørgeskemaet »' || others || '«, en serie for sig, som ikke er vist')
    END AS note
  )
  FROM core.current_observation
  LEFT JOIN questionnaire
    ON current_observation.delivery_id = questionnaire.delivery_id
    AND current_observation.row_number = questionnaire.row_number
  WHERE coalesce(questionnaire.choice, 1) = 1
),

fallback AS (
  SELECT
    first_questionnaire.*,
    with_two_sources.kind,
    with_two_sources.unit
  FROM first_questionnaire
  INNER JOIN with_two_sources
    ON first_questionnaire.indicator_id = with_two_sources.indicator_id
    AND first_questionnaire.source_id = with_two_sources.source_id
    AND first_questionnaire.unit_level = 'municipality'
  ANTI JOIN covered
    ON first_questionnaire.indicator_id = covered.indicator_id
    AND first_questionnaire.period = covered.period
    AND first_questionnaire.unit_id = covered.municipality_code
)

SELECT
  first_questionnaire.*,
  indicator.kind,
  indicator.unit
FROM first_questionnaire
INNER JOIN catalogue.indicator
  ON first_questionnaire.indicator_id = indicator.indicator_id
  AND first_questionnaire.source_id = CASE
    WHEN first_questionnaire.unit_level IN ('municipality', 'polling_district') THEN indicator.municipality_source_id
    ELSE indicator.source_id
  END
UNION ALL
FROM fallback
