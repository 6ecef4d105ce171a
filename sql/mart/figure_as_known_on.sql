-- Each figure as it was known at the end of a day in Denmark, per agreement, area (or total, municipality) and period:
-- made of the releases that were approved by then, totals added up of the parts as known then, and a correction
-- counting from its day; what was rejected since was known until then. Figures that nobody knew yet have no row. FROM mart.figure_as_known_on('2026-03-14').
CREATE OR REPLACE MACRO mart.figure_as_known_on(day) AS TABLE
WITH current_observation_then AS (
  SELECT * EXCLUDE (is_current, known_until)
  FROM core.observation
  WHERE read.danish_day(known_from) <= day::DATE
    AND (known_until IS NULL OR read.danish_day(known_until) > day::DATE)
  -- As core.superseded_observation has it, among what was known.
  QUALIFY row_number() OVER (
    PARTITION BY source_id, indicator_id, unit_level, unit_id, period, instrument
    ORDER BY delivery_sequence DESC, known_from DESC, corrected_because IS NOT NULL DESC
  ) = 1
)
-- restated: core.official_observation, core.added_up, core.figure

SELECT
  reported_unit.agreement_id,
  figure.indicator_id,
  reported_unit.area_level,
  reported_unit.area_id,
  reported_unit.area,
  figure.period,
  figure.numerator,
  figure.denominator,
  figure.value,
  figure.missing_reason,
  figure.part_level AS added_up_from,
  figure.source_id,
  figure.delivery_id,
  figure.delivery_ids,
  figure.corrected_because,
  coalesce(earlier_definition.definition_version, indicator.definition_version) AS definition_version,
  figure.known_from,
  figure.is_synthetic
FROM core.figure
INNER JOIN core.reported_unit
  ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
INNER JOIN catalogue.indicator ON figure.indicator_id = indicator.indicator_id
LEFT JOIN core.earlier_definition
  ON figure.indicator_id = earlier_definition.indicator_id AND figure.known_from = earlier_definition.known_from
WHERE reported_unit.area_level IN ('area', 'total', 'municipality');
