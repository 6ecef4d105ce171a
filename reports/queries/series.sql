-- All figures of one agreement's fixed indicators over time, nested: one row per series with its definition,
-- periods, breaks and caveats, and in it one entry per unit (areas, total, municipality) with its points; none before
-- anything came.
WITH span AS (
  SELECT
    indicator_id,
    list_sort(list(DISTINCT delivery_id) FILTER (delivery_id <> 'several')) AS delivery_ids,
    list_sort(list(DISTINCT instrument) FILTER (instrument IS NOT NULL)) AS instruments,
    min(period_start) AS first_day,
    max(period_end) AS last_day,
    min(coalesce(low, value)) AS lowest,
    max(coalesce(high, value)) AS highest,
    bool_or(is_synthetic) AS is_synthetic
  FROM figure
  WHERE agreement_id = getvariable('agreement_id') AND role = 'fixed' AND area_level IN ('area', 'total', 'municipality')
  GROUP BY ALL
),

series_break AS (
  SELECT
    span.indicator_id,
    from_day,
    because,
    because_en,
    CASE unit_level WHEN 'agreement' THEN 'total' ELSE unit_level END AS area_level
  FROM span
  INNER JOIN catalogue.series_break
    ON (series_break.indicator_id IS NULL OR series_break.indicator_id = span.indicator_id)
    AND (series_break.agreement_id IS NULL OR series_break.agreement_id = getvariable('agreement_id'))
    AND coalesce(series_break.unit_level, 'area') IN ('area', 'agreement', 'municipality')
    AND series_break.from_day > span.first_day
    AND series_break.from_day <= span.last_day
),

-- segment: the number of its unit's breaks that lie before the period's end. A line is drawn within a segment, and only
-- between figures of one source and questionnaire, for those of two are not compared.
point AS (
  SELECT
    figure.*,
    round(
      (year(period_start) + (dayofyear(period_start) - 1) / 365.25 + year(period_end) + dayofyear(period_end) / 365.25)
      / 2, 3
    ) AS year,
    (
      SELECT count(*)
      FROM series_break
      WHERE series_break.indicator_id = figure.indicator_id AND series_break.from_day <= figure.period_end
        AND coalesce(series_break.area_level, figure.area_level) = figure.area_level
    ) AS segment
  FROM figure
  WHERE agreement_id = getvariable('agreement_id') AND role = 'fixed' AND area_level IN ('area', 'total', 'municipality')
),

in_unit AS (
  SELECT
    indicator_id,
    area_level,
    area_id,
    area,
    area_order,
    bool_or(is_synthetic) AS is_synthetic,
    list({
      'period': period,
      'year': year,
      'segment': segment,
      'line': concat_ws(' ', segment, source_id, instrument),
      'numerator': numerator,
      'denominator': denominator,
      'value': value,
      'low': low,
      'high': high,
      'missing_reason': missing_reason,
      'is_synthetic': is_synthetic,
      'is_stale': is_stale,
      'carried_over': carried_over,
      'gap': gap,
      'gap_low': gap_low,
      'gap_high': gap_high,
      'note': note,
      'delivery_id': delivery_id,
      'response_rate': response_rate,
      'design_effect': design_effect
    } ORDER BY period_start, period) AS points
  FROM point
  GROUP BY ALL
),

-- A panel shows the unit's line and the municipality's: the breaks of both, each drawn before the first
-- figure that follows it (the day of a break may lie late in a period).
break_in_panel AS (
  SELECT
    in_unit.indicator_id,
    in_unit.area_id,
    least(
      round(year(from_day) + (dayofyear(from_day) - 1) / 365.25, 3),
      (
        SELECT min(point.year) - 0.2
        FROM point
        WHERE point.indicator_id = in_unit.indicator_id AND point.period_end >= series_break.from_day
      )
    ) AS break_year
  FROM in_unit
  INNER JOIN series_break
    ON in_unit.indicator_id = series_break.indicator_id
    AND coalesce(series_break.area_level, 'municipality') IN (in_unit.area_level, 'municipality')
),

panel AS (
  SELECT
    indicator_id,
    area_id,
    list(DISTINCT break_year ORDER BY break_year) AS break_years
  FROM break_in_panel
  GROUP BY ALL
),

unit AS (
  SELECT
    indicator_id,
    list({
      'area_id': area_id,
      'area': area,
      'is_synthetic': is_synthetic,
      'points': points,
      'break_years': coalesce(break_years, [])
    } ORDER BY area_order, area_id) AS units
  FROM in_unit
  LEFT JOIN panel USING (indicator_id, area_id)
  GROUP BY ALL
),

breaks AS (
  SELECT
    indicator_id,
    list({'from_day': from_day, 'because': because, 'because_en': because_en, 'area_level': area_level}
      ORDER BY from_day, because, area_level) AS breaks
  FROM series_break
  GROUP BY ALL
),

caveat AS (
  SELECT
    indicator_id,
    list({'caveat': caveat, 'caveat_en': caveat_en} ORDER BY caveat_number) AS caveats
  FROM catalogue.caveat
  GROUP BY ALL
),

baseline AS (
  SELECT
    indicator_id,
    any_value(baseline_period) AS baseline_period
  FROM mart.goal_indicator
  WHERE agreement_id = getvariable('agreement_id')
  GROUP BY ALL
),

expected AS (
  SELECT
    source_id,
    min(expected_next) AS expected_next
  FROM mart.freshness
  GROUP BY ALL
)

SELECT
  indicator.*,
  source.source,
  source.source_en,
  source.publisher,
  source.expected AS expected_in_words,
  source.expected_en AS expected_in_words_en,
  municipality_source.source AS municipality_source,
  municipality_source.source_en AS municipality_source_en,
  expected.expected_next,
  baseline.baseline_period,
  coalesce(unit.units, []) AS units,
  coalesce(breaks.breaks, []) AS breaks,
  coalesce(caveat.caveats, []) AS caveats,
  coalesce(span.delivery_ids, []) AS delivery_ids,
  coalesce(span.instruments, []) AS instruments,
  span.lowest,
  span.highest,
  coalesce(span.is_synthetic, false) AS is_synthetic
FROM baseline
INNER JOIN catalogue.indicator ON baseline.indicator_id = indicator.indicator_id
INNER JOIN catalogue.source ON indicator.source_id = source.source_id
LEFT JOIN unit ON baseline.indicator_id = unit.indicator_id
LEFT JOIN span ON baseline.indicator_id = span.indicator_id
LEFT JOIN catalogue.source AS municipality_source
  ON indicator.municipality_source_id = municipality_source.source_id
LEFT JOIN expected ON indicator.source_id = expected.source_id
LEFT JOIN breaks ON baseline.indicator_id = breaks.indicator_id
LEFT JOIN caveat ON baseline.indicator_id = caveat.indicator_id
ORDER BY indicator.indicator_number, indicator.series_number
