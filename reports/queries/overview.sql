-- The board's table of one agreement, nested: goals, in them series, in them one row per area and the total.
WITH cell AS (
  SELECT
    goal_indicator.* EXCLUDE (known_at),
    coalesce(latest.is_synthetic, false) AS latest_is_synthetic,
    coalesce(latest.is_stale, false) AS latest_is_stale,
    latest.carried_over AS latest_carried_over,
    latest.note AS latest_note,
    latest_municipality.carried_over AS latest_municipality_carried_over,
    latest_municipality.note AS latest_municipality_note,
    baseline.carried_over AS baseline_carried_over,
    baseline.note AS baseline_note,
    baseline_municipality.note AS baseline_municipality_note,
    coalesce(latest_municipality.is_synthetic, false) AS latest_municipality_is_synthetic,
    coalesce(latest_municipality.is_stale, false) AS latest_municipality_is_stale,
    coalesce(baseline.is_synthetic, false) AS baseline_is_synthetic,
    coalesce(baseline.is_stale, false) AS baseline_is_stale,
    coalesce(baseline_municipality.is_synthetic, false) AS baseline_municipality_is_synthetic,
    newer_municipality.value AS newer_municipality,
    coalesce(newer_municipality.is_synthetic, false) AS newer_municipality_is_synthetic
  FROM mart.goal_indicator
  LEFT JOIN figure AS latest
    ON goal_indicator.agreement_id = latest.agreement_id AND goal_indicator.indicator_id = latest.indicator_id
    AND goal_indicator.area_id = latest.area_id AND goal_indicator.latest_period = latest.period
  LEFT JOIN figure AS latest_municipality
    ON goal_indicator.agreement_id = latest_municipality.agreement_id
    AND goal_indicator.indicator_id = latest_municipality.indicator_id
    AND latest_municipality.area_id = 'municipality' AND goal_indicator.latest_period = latest_municipality.period
  LEFT JOIN figure AS baseline
    ON goal_indicator.agreement_id = baseline.agreement_id AND goal_indicator.indicator_id = baseline.indicator_id
    AND goal_indicator.area_id = baseline.area_id AND goal_indicator.baseline_period = baseline.period
  LEFT JOIN figure AS baseline_municipality
    ON goal_indicator.agreement_id = baseline_municipality.agreement_id
    AND goal_indicator.indicator_id = baseline_municipality.indicator_id
    AND baseline_municipality.area_id = 'municipality'
    AND goal_indicator.baseline_period = baseline_municipality.period
  LEFT JOIN figure AS newer_municipality
    ON goal_indicator.agreement_id = newer_municipality.agreement_id
    AND goal_indicator.indicator_id = newer_municipality.indicator_id
    AND newer_municipality.area_id = 'municipality' AND goal_indicator.newer_period = newer_municipality.period
  WHERE goal_indicator.agreement_id = getvariable('agreement_id')
),

series AS (
  SELECT
    goal_id,
    indicator_id,
    list(cell ORDER BY area_order, area_id) AS cells
  FROM cell
  GROUP BY ALL
),

-- The breaks that spoil a comparison in any of the rows, told once for the series.
broken AS (
  SELECT DISTINCT
    goal_indicator.indicator_id,
    series_break.from_day,
    series_break.because,
    series_break.because_en,
    CASE series_break.unit_level WHEN 'agreement' THEN 'total' ELSE series_break.unit_level END AS area_level
  FROM mart.goal_indicator
  INNER JOIN catalogue.series_break ON contains(goal_indicator.series_break, series_break.because)
  WHERE goal_indicator.agreement_id = getvariable('agreement_id')
    AND (series_break.indicator_id IS NULL OR series_break.indicator_id = goal_indicator.indicator_id)
),

breaks AS (
  SELECT
    indicator_id,
    list({'from_day': from_day, 'because': because, 'because_en': because_en, 'area_level': area_level}
      ORDER BY from_day, because, area_level) AS breaks
  FROM broken
  GROUP BY ALL
),

described AS (
  SELECT
    indicator.goal_id,
    indicator.indicator_number,
    indicator.series_number,
    {
      'indicator_id': indicator.indicator_id,
      'indicator_number': indicator.indicator_number,
      'indicator': indicator.indicator,
      'indicator_en': indicator.indicator_en,
      'short_name': indicator.short_name,
      'short_name_en': indicator.short_name_en,
      'kind': indicator.kind,
      'unit': indicator.unit,
      'better': indicator.better,
      'definition_version': indicator.definition_version,
      'definition_status': indicator.definition_status,
      'source': source.source,
      'source_en': source.source_en,
      'municipality_source': municipality_source.source,
      'municipality_source_en': municipality_source.source_en,
      'breaks': coalesce(breaks.breaks, []),
      'cells': series.cells
    } AS series
  FROM series
  INNER JOIN catalogue.indicator ON series.indicator_id = indicator.indicator_id
  INNER JOIN catalogue.source ON indicator.source_id = source.source_id
  LEFT JOIN breaks ON series.indicator_id = breaks.indicator_id
  LEFT JOIN catalogue.source AS municipality_source
    ON indicator.municipality_source_id = municipality_source.source_id
)

SELECT
  goal.*,
  list(described.series ORDER BY indicator_number, series_number) AS series
FROM described
INNER JOIN catalogue.goal USING (goal_id)
GROUP BY ALL
ORDER BY goal_number
