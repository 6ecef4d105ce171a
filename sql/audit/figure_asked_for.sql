-- The figures that somebody asks for by an indicator (id, name or number), an area (id or name) and a period: what fits
-- exactly, else what holds the words. Without a period the newest one that has a figure, or the newest of all.
CREATE OR REPLACE MACRO audit.figure_asked_for(asked_indicator, asked_area, asked_period := NULL) AS TABLE
WITH indicator_found AS (
  SELECT
    *,
    CASE
      WHEN lower(trim(asked_indicator::VARCHAR)) IN (
        indicator_id, lower(short_name), lower(short_name_en), lower(indicator), indicator_number::VARCHAR
      ) OR list_contains(string_split(also_called, '; '), lower(trim(asked_indicator::VARCHAR))) THEN 1
      WHEN contains(concat_ws(' ', indicator_id, lower(short_name), lower(short_name_en), lower(indicator)),
        lower(trim(asked_indicator::VARCHAR))) THEN CASE WHEN role = 'fixed' THEN 2 ELSE 3 END
    END AS match
  FROM catalogue.indicator
  QUALIFY match = min(match) OVER ()
),

area_found AS (
  SELECT
    agreement_id,
    area_id,
    CASE
      WHEN lower(trim(asked_area)) IN (area_id, lower(area)) THEN 1
      WHEN lower(trim(asked_area)) IN ('kommune', 'kommunen') AND area_level = 'municipality' THEN 1
      WHEN contains(lower(area), lower(trim(asked_area)))
        THEN CASE WHEN area_level IN ('area', 'total', 'municipality') THEN 2 ELSE 3 END
    END AS match
  FROM core.reported_unit
  QUALIFY match = min(match) OVER ()
)

SELECT
  indicator_series.*,
  indicator_found.short_name,
  indicator_found.short_name_en,
  indicator_found.indicator_en,
  indicator_found.series_number,
  indicator_found.period_kind,
  -- Of the source that gave the figure.
  indicator_series.source_id = indicator_found.municipality_source_id
    AND indicator_series.source_id <> indicator_found.source_id
    AND indicator_found.municipality_numerator IS NOT NULL AS is_municipalitys,
  if(is_municipalitys, municipality_numerator, indicator_found.numerator) AS definition_numerator,
  if(is_municipalitys, municipality_numerator_en, indicator_found.numerator_en) AS definition_numerator_en,
  if(is_municipalitys, municipality_denominator, indicator_found.denominator) AS definition_denominator,
  if(is_municipalitys, municipality_denominator_en, indicator_found.denominator_en) AS definition_denominator_en,
  if(is_municipalitys, municipality_definition_status, indicator_found.definition_status) AS definition_status,
  municipality.value AS municipality_value,
  baseline.period IS NOT NULL AS is_baseline,
  baseline.value_as_signed AS baseline_value_as_signed,
  baseline.revised_because AS baseline_revised_because,
  CASE WHEN trim(coalesce(asked_period::VARCHAR, '')) IN ('', indicator_series.period) THEN 1
    WHEN contains(lower(indicator_series.period), lower(trim(asked_period::VARCHAR))) THEN 2 END AS period_match
FROM mart.indicator_series
INNER JOIN indicator_found USING (indicator_id)
INNER JOIN area_found USING (agreement_id, area_id)
LEFT JOIN mart.indicator_series AS municipality
  ON indicator_series.agreement_id = municipality.agreement_id AND municipality.area_id = 'municipality'
  AND indicator_series.area_level IN ('area', 'total')
  AND indicator_series.indicator_id = municipality.indicator_id AND indicator_series.period = municipality.period
LEFT JOIN core.baseline_figure AS baseline
  ON indicator_series.agreement_id = baseline.agreement_id AND indicator_series.indicator_id = baseline.indicator_id
  AND indicator_series.area_id = baseline.area_id AND indicator_series.period = baseline.period
WHERE period_match IS NOT NULL
QUALIFY row_number() OVER (
  PARTITION BY indicator_series.agreement_id, indicator_series.indicator_id, indicator_series.area_id
  ORDER BY
    period_match,
    asked_period IS NULL AND indicator_series.value IS NULL,
    indicator_series.period_end DESC
) = 1;
