-- Every delivered row that tells counts of persons, also rejected rows and those that only earlier publications
-- showed, with the rule of its source for small counts: what withholding and the attack work on.
-- kind: scratch
WITH delivered AS (
  SELECT
    delivery_id, row_number, indicator_id, unit_level, unit_id, period, instrument, numerator, denominator, value,
    missing_reason, corrected_on, false AS is_rejected, true AS is_in_force
  FROM raw.observation
  UNION ALL
  SELECT
    delivery_id, row_number, indicator_id, unit_level, unit_id, period, instrument, numerator, denominator, value,
    missing_reason, corrected_on, false, false
  FROM raw.formerly_published
  UNION ALL
  SELECT
    delivery_id, row_number, indicator_id, unit_level, unit_id, period, instrument, numerator, denominator, value,
    missing_reason, NULL, true, true
  FROM read.with_unit('raw.quarantined')
),

counted AS (
  SELECT
    delivered.* EXCLUDE (numerator, denominator, value),
    delivery.source_id,
    -- Releases of a source in their order: a correction comes after the row that it corrects.
    2 * delivery.delivery_sequence + (delivered.corrected_on IS NOT NULL)::BIGINT AS release,
    indicator.kind,
    indicator.unit,
    stat.counted_numerator(indicator.kind, delivered.numerator, delivered.denominator, delivered.value) AS numerator,
    CASE WHEN indicator.kind <> 'amount' THEN delivered.denominator END AS denominator,
    -- A share without its counts ties them to one another.
    indicator.kind <> 'amount' AND delivered.value IS NOT NULL AND (
      delivered.denominator IS NULL
      OR stat.counted_numerator(indicator.kind, delivered.numerator, delivered.denominator, delivered.value) IS NULL
    ) AS is_share_alone,
    source.disclosure_applies AS rule_applies,
    source.disclosure_applies AND NOT delivered.is_rejected AND stat.is_small_count(
      indicator.kind, delivered.numerator, delivered.denominator, delivered.value, source.disclosure_limit,
      source.minimum_denominator
    ) AS is_small,
    source.disclosure_applies
      AND coalesce(delivered.missing_reason IN ('withheld_by_source', 'below_source_threshold'), false)
      AS is_withheld_by_source,
    source.protection_width,
    source.exposure_accepted_until
  FROM delivered
  INNER JOIN ledger.delivery ON delivered.delivery_id = delivery.delivery_id
  INNER JOIN catalogue.source ON delivery.source_id = source.source_id
  INNER JOIN catalogue.indicator ON delivered.indicator_id = indicator.indicator_id
  WHERE delivered.unit_id IS NOT NULL
    -- Incomes and rates count nobody.
    AND (indicator.kind IN ('share', 'turnout', 'mean', 'survey_share') OR indicator.unit = 'persons')
),

-- Materialized: in one plan DuckDB joins areas and municipalities by indicator and period alone, a thousand to one.
own AS MATERIALIZED (
  SELECT
    counted.*,
    place.agreement_id,
    around.unit_level AS around_level,
    around.unit_id AS around_id,
    source.disclosure_limit,
    source.minimum_denominator
  FROM counted
  INNER JOIN core.reported_unit AS place
    ON counted.unit_level = place.unit_level AND counted.unit_id = place.unit_id
    AND place.area_level IN ('area', 'total')
  INNER JOIN core.reported_unit AS around
    ON place.agreement_id = around.agreement_id AND around.area_level = 'municipality'
  INNER JOIN catalogue.source ON counted.source_id = source.source_id
  -- In a survey the municipality's answers are a sample of their own.
  WHERE counted.rule_applies AND NOT counted.is_rejected AND counted.kind <> 'survey_share'
),

municipality AS MATERIALIZED (
  SELECT counted.*
  FROM counted
  SEMI JOIN (FROM core.reported_unit WHERE area_level = 'municipality') AS around
    ON counted.unit_level = around.unit_level AND counted.unit_id = around.unit_id
  WHERE NOT counted.is_rejected
),

-- What is left of the municipality outside an area or total is a count too: those who do not live there.
small_rest AS MATERIALIZED (
  SELECT DISTINCT own.delivery_id, own.row_number, own.corrected_on
  FROM own
  INNER JOIN municipality
    ON own.around_level = municipality.unit_level AND own.around_id = municipality.unit_id
    AND own.indicator_id = municipality.indicator_id AND own.period = municipality.period
    AND own.instrument IS NOT DISTINCT FROM municipality.instrument
  WHERE coalesce(municipality.denominator - own.denominator, municipality.numerator - own.numerator) > 0
    AND stat.is_small_count(
      own.kind, municipality.numerator - own.numerator, municipality.denominator - own.denominator, NULL,
      own.disclosure_limit, own.minimum_denominator
    )
)

SELECT counted.* REPLACE (is_small OR small_rest.row_number IS NOT NULL AS is_small)
FROM counted
LEFT JOIN small_rest
  ON counted.delivery_id = small_rest.delivery_id AND counted.row_number = small_rest.row_number
  AND counted.corrected_on IS NOT DISTINCT FROM small_rest.corrected_on
