-- Figures beside the nine indicators, nested by source: newest period per indicator and unit, the
-- municipality's figure of the same period beside it; with what each of them is and when the source comes next.
WITH shown AS (
  SELECT *
  FROM figure
  WHERE agreement_id = getvariable('agreement_id') AND role = 'context' AND area_level <> 'polling_district'
  QUALIFY row_number() OVER (PARTITION BY indicator_id, area_id ORDER BY period_end DESC NULLS LAST, period DESC) = 1
),

-- A municipality figure stands in its own row only where no area has the same period.
paired AS (
  SELECT
    shown.*,
    municipality.value AS municipality_value,
    municipality.wording AS municipality_wording,
    municipality.is_synthetic AS municipality_is_synthetic
  FROM shown
  LEFT JOIN shown AS municipality
    ON shown.indicator_id = municipality.indicator_id AND shown.period = municipality.period
    AND municipality.area_id = 'municipality' AND shown.area_id <> 'municipality'
  WHERE shown.area_id <> 'municipality' OR NOT EXISTS (
    FROM shown AS other
    WHERE other.indicator_id = shown.indicator_id AND other.period = shown.period AND other.area_id <> 'municipality'
  )
),

listed AS (
  SELECT
    indicator.indicator_en,
    paired.*
  FROM paired
  INNER JOIN catalogue.indicator ON paired.indicator_id = indicator.indicator_id
),

caveat AS (
  SELECT indicator_id, list({'caveat': caveat, 'caveat_en': caveat_en} ORDER BY caveat_number) AS caveats
  FROM catalogue.caveat
  GROUP BY ALL
),

defined AS (
  SELECT
    listed.source_id,
    list({
      'indicator': indicator.indicator, 'indicator_en': indicator.indicator_en,
      'numerator': indicator.numerator, 'numerator_en': indicator.numerator_en,
      'denominator': indicator.denominator, 'denominator_en': indicator.denominator_en,
      'definition_version': indicator.definition_version, 'definition_status': indicator.definition_status,
      'caveats': coalesce(caveat.caveats, [])
    } ORDER BY indicator.indicator, indicator.indicator_id) AS definitions
  FROM (SELECT DISTINCT source_id, indicator_id FROM listed) AS listed
  INNER JOIN catalogue.indicator ON listed.indicator_id = indicator.indicator_id
  LEFT JOIN caveat ON listed.indicator_id = caveat.indicator_id
  GROUP BY ALL
),

expected AS (
  SELECT source_id, min(expected_next) AS expected_next
  FROM mart.freshness
  GROUP BY ALL
)

SELECT
  source.source_id,
  source.source,
  source.source_en,
  source.expected AS expected_in_words,
  source.expected_en AS expected_in_words_en,
  expected.expected_next,
  defined.definitions,
  bool_or(listed.is_synthetic OR coalesce(listed.municipality_is_synthetic, false)) AS is_synthetic,
  count(listed.municipality_value) > 0 AS has_municipality,
  count(listed.note) > 0 AS has_note,
  list(listed ORDER BY indicator, area_order, area_id) AS figures
FROM listed
INNER JOIN catalogue.source ON listed.source_id = source.source_id
INNER JOIN defined ON listed.source_id = defined.source_id
LEFT JOIN expected ON listed.source_id = expected.source_id
GROUP BY ALL
ORDER BY source.source_id
