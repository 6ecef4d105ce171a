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
    delivered.* EXCLUDE (numerator, denominator),
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
    -- Which counts of departments their source withheld is not told, only that they are withheld (see 0049).
    is_withheld_by_source AND delivered.unit_level = 'department' AS is_told_as_ours,
    -- What the source's own mark tells of the count that it withheld.
    CASE
      WHEN source.disclosure_applies AND NOT is_told_as_ours AND delivered.missing_reason = 'withheld_by_source'
        THEN source.disclosure_limit
    END AS told_at_most,
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
),

lone AS MATERIALIZED (
  SELECT counted.*, year(period.period_end) AS year
  FROM counted
  INNER JOIN core.period ON counted.period = period.period
  WHERE counted.rule_applies AND NOT counted.is_rejected
    AND counted.kind IN ('share', 'turnout', 'mean') AND counted.value IS NOT NULL
    AND counted.numerator IS NULL AND counted.denominator IS NULL
    AND counted.unit_level IN ('department', 'area', 'agreement')
),

-- Mostly there is no such share, and then nothing is looked up.
with_denominator AS MATERIALIZED (
  SELECT indicator_id, source_id, unit_level, unit_id, period, denominator
  FROM counted
  WHERE list_contains((SELECT list(DISTINCT unit_level) FROM lone), unit_level)
    AND NOT is_rejected AND denominator IS NOT NULL
),

-- How many it is a share of, where another indicator of the same persons tells.
told_by_another AS (
  SELECT
    lone.delivery_id,
    lone.row_number,
    lone.corrected_on,
    min(other.denominator) AS denominator
  FROM lone
  INNER JOIN (
    SELECT indicator_id, other_indicator_id, years_later
    FROM catalogue.linked_count
    WHERE relation = 'same_denominator'
    UNION ALL
    SELECT other_indicator_id, indicator_id, -years_later
    FROM catalogue.linked_count
    WHERE relation = 'same_denominator'
  ) AS link ON lone.indicator_id = link.indicator_id
  INNER JOIN with_denominator AS other
    ON link.other_indicator_id = other.indicator_id
    AND lone.source_id = other.source_id AND lone.unit_level = other.unit_level AND lone.unit_id = other.unit_id
  INNER JOIN core.period ON other.period = period.period AND year(period.period_end) = lone.year + link.years_later
  GROUP BY ALL
),

-- The fewest persons that any period tells of the unit.
persons AS (
  SELECT unit_level, unit_id, min(numerator) AS persons
  FROM counted
  WHERE kind = 'amount' AND NOT is_rejected
  GROUP BY ALL
),

-- A share without its counts is told only where it cannot be one of few persons.
small_alone AS (
  SELECT lone.delivery_id, lone.row_number, lone.corrected_on
  FROM lone
  INNER JOIN catalogue.source ON lone.source_id = source.source_id
  LEFT JOIN told_by_another
    ON lone.delivery_id = told_by_another.delivery_id AND lone.row_number = told_by_another.row_number
    AND lone.corrected_on IS NOT DISTINCT FROM told_by_another.corrected_on
  LEFT JOIN persons ON lone.unit_level = persons.unit_level AND lone.unit_id = persons.unit_id
  WHERE CASE
    WHEN told_by_another.denominator IS NULL
      THEN stat.tells_small_count(lone.kind, lone.value, persons.persons, lone.protection_width)
    ELSE stat.is_small_count(
      lone.kind, NULL, told_by_another.denominator, lone.value, source.disclosure_limit, source.minimum_denominator
    )
  END
),

small_otherwise AS (
  FROM small_rest
  UNION
  FROM small_alone
)

SELECT counted.* EXCLUDE (value) REPLACE (is_small OR small_otherwise.row_number IS NOT NULL AS is_small)
FROM counted
LEFT JOIN small_otherwise
  ON counted.delivery_id = small_otherwise.delivery_id AND counted.row_number = small_otherwise.row_number
  AND counted.corrected_on IS NOT DISTINCT FROM small_otherwise.corrected_on
