-- One row per correction of this source whose figure the delivery holds and no later one states again: does the source
-- still say what is corrected, or does it say the corrected figure by now?
WITH said AS (
  SELECT
    correction.*,
    CASE correction.column
      WHEN 'numerator' THEN as_read.numerator
      WHEN 'denominator' THEN as_read.denominator
      WHEN 'value' THEN as_read.value
      WHEN 'standard_deviation' THEN as_read.standard_deviation
      WHEN 'design_effect' THEN as_read.design_effect
      WHEN 'response_rate' THEN as_read.response_rate
    END AS figure
  FROM catalogue.correction
  INNER JOIN as_read
    ON correction.indicator_id = as_read.indicator_id
    AND correction.unit_level = as_read.unit_level
    AND correction.period = as_read.period
    AND lower(trim(correction.unit_published_as)) IN (lower(trim(as_read.unit_code)), lower(trim(as_read.unit_name)))
    AND coalesce(correction.municipality_code = as_read.municipality_code, correction.municipality_code IS NULL)
  ANTI JOIN later
    ON correction.indicator_id = later.indicator_id
    AND correction.unit_level = later.unit_level
    AND correction.period = later.period
    AND lower(trim(correction.unit_published_as)) IN (lower(trim(later.unit_code)), lower(trim(later.unit_name)))
    AND coalesce(correction.municipality_code = later.municipality_code, correction.municipality_code IS NULL)
  WHERE correction.source_id = this_source()
)

SELECT
  indicator_id,
  unit_published_as,
  municipality_code,
  period,
  said.column,
  as_published,
  corrected,
  coalesce(bool_or(abs(figure - as_published) <= 1e-9 * greatest(1, abs(as_published))), false) AS still_applies,
  coalesce(bool_or(abs(figure - corrected) <= 1e-9 * greatest(1, abs(corrected))), false) AS is_mended
FROM said
GROUP BY ALL
