-- The current observations that the catalogue names as the figure: per indicator and level one source.
-- Rows of any other source about the same figure stay in core.observation and are shown nowhere else.
-- kind: view
SELECT
  current_observation.*,
  indicator.kind,
  indicator.unit
FROM core.current_observation
INNER JOIN catalogue.indicator
  ON current_observation.indicator_id = indicator.indicator_id
  AND current_observation.source_id = CASE
    WHEN current_observation.unit_level IN ('municipality', 'polling_district') THEN indicator.municipality_source_id
    ELSE indicator.source_id
  END
