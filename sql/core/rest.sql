-- What each figure of an area or total is held against: those of the municipality who are outside the area, with their
-- share (or mean) and its 95 % limits, and how much of the municipality they are (`outside`). In a survey it is the
-- municipality's own sample as it is. Without the municipality's counts there is only its figure; where the area's
-- counts cannot lie inside the municipality's there is no rest.
WITH own AS MATERIALIZED (
  -- Materialized: in one plan DuckDB joins the figures by indicator and period alone, a thousand to one.
  SELECT
    reported_unit.agreement_id,
    reported_unit.area_id,
    reported_unit.area_level,
    figure.*
  FROM core.figure
  INNER JOIN core.reported_unit
    ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
    AND reported_unit.area_level IN ('area', 'total', 'municipality')
  WHERE figure.value IS NOT NULL
),

pair AS MATERIALIZED (
  SELECT
    own.agreement_id,
    own.area_id,
    own.indicator_id,
    own.period,
    indicator.kind,
    own.numerator,
    own.denominator,
    own.value,
    own.standard_deviation,
    municipality.numerator AS whole_numerator,
    municipality.denominator AS whole_denominator,
    municipality.value AS whole_value,
    municipality.standard_deviation AS whole_deviation,
    municipality.design_effect AS whole_effect,
    NOT stat.has_limits(
      indicator.kind, municipality.numerator, municipality.denominator, municipality.value,
      municipality.standard_deviation, municipality.design_effect
    ) AS municipality_uncertainty_left_out
  FROM own
  INNER JOIN catalogue.indicator
    ON own.indicator_id = indicator.indicator_id AND indicator.kind IN ('share', 'turnout', 'mean', 'survey_share')
  INNER JOIN (FROM own WHERE area_level = 'municipality') AS municipality
    ON own.agreement_id = municipality.agreement_id AND own.indicator_id = municipality.indicator_id
    AND own.period = municipality.period
    -- Answers to two questionnaires have no difference.
    AND own.instrument IS NOT DISTINCT FROM municipality.instrument
  WHERE own.area_level IN ('area', 'total')
),

rest AS (
  SELECT
    *,
    CASE WHEN kind = 'survey_share' THEN 1 ELSE 1 - denominator / whole_denominator END AS outside,
    whole_numerator - numerator AS rest_numerator,
    CASE WHEN kind = 'survey_share' THEN whole_denominator ELSE whole_denominator - denominator END AS rest_denominator,
    CASE kind
      WHEN 'survey_share' THEN whole_value
      WHEN 'mean' THEN (whole_denominator * whole_value - denominator * value) / rest_denominator
      ELSE rest_numerator / rest_denominator
    END AS rest_value,
    CASE WHEN kind = 'mean' AND rest_denominator > 1 THEN sqrt(
      stat.rest_variance(value, standard_deviation, denominator, whole_value, whole_deviation, whole_denominator)
    ) END AS rest_deviation
  FROM pair
  WHERE NOT municipality_uncertainty_left_out
    AND CASE kind
      WHEN 'survey_share' THEN true
      WHEN 'mean' THEN NOT coalesce(
        stat.impossible_mean_area(
          value, standard_deviation, denominator, whole_value, whole_deviation, whole_denominator
        ), true
      )
      ELSE NOT coalesce(stat.impossible_area(numerator, denominator, whole_numerator, whole_denominator), true)
    END
)

SELECT
  pair.agreement_id,
  pair.area_id,
  pair.indicator_id,
  pair.period,
  pair.whole_value AS municipality_value,
  pair.municipality_uncertainty_left_out,
  rest.outside,
  rest.rest_value,
  stat.figure_low(
    pair.kind, rest.rest_numerator, rest.rest_denominator, rest.rest_value, rest.rest_deviation, rest.whole_effect
  ) AS rest_low,
  stat.figure_high(
    pair.kind, rest.rest_numerator, rest.rest_denominator, rest.rest_value, rest.rest_deviation, rest.whole_effect
  ) AS rest_high
FROM pair
LEFT JOIN rest
  ON pair.agreement_id = rest.agreement_id AND pair.area_id = rest.area_id
  AND pair.indicator_id = rest.indicator_id AND pair.period = rest.period
