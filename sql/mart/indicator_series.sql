-- One row per agreement, indicator, area (or total, municipality, polling district, ministry area) and period.
-- Shares are fractions 0-1; low and high are 95 % limits; gap is area minus municipality in the same period, with its
-- limits; an empty value always has its missing_reason.
WITH fixed_period AS (
  SELECT DISTINCT
    reported_unit.agreement_id,
    figure.indicator_id,
    figure.period
  FROM core.figure
  INNER JOIN core.reported_unit
    ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
  INNER JOIN catalogue.indicator ON figure.indicator_id = indicator.indicator_id
  WHERE indicator.role = 'fixed' AND reported_unit.area_level IN ('area', 'total', 'municipality')
  UNION
  -- A period of which every row was rejected is shown as rejected, unless the period itself is what was wrong.
  SELECT
    reported_unit.agreement_id,
    rejected_figure.indicator_id,
    rejected_figure.period
  FROM core.rejected_figure
  INNER JOIN core.reported_unit
    ON rejected_figure.unit_level = reported_unit.unit_level AND rejected_figure.unit_id = reported_unit.unit_id
  INNER JOIN catalogue.indicator ON rejected_figure.indicator_id = indicator.indicator_id
  INNER JOIN core.period ON rejected_figure.period = period.period
  CROSS JOIN ledger.build
  WHERE indicator.role = 'fixed' AND reported_unit.area_level IN ('area', 'total', 'municipality')
    AND period.period_kind = indicator.period_kind AND period.period_end <= build.as_of
),

cell AS (
  SELECT
    fixed_period.indicator_id,
    fixed_period.period,
    reported_unit.*
  FROM fixed_period
  INNER JOIN core.reported_unit
    ON fixed_period.agreement_id = reported_unit.agreement_id
    AND reported_unit.area_level IN ('area', 'total', 'municipality')
  UNION
  SELECT
    figure.indicator_id,
    figure.period,
    reported_unit.*
  FROM core.figure
  INNER JOIN core.reported_unit
    ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
),

-- What its source has delivered for any unit is published: where it is missing then, it was not delivered.
came AS (
  SELECT DISTINCT
    figure.indicator_id,
    figure.period
  FROM core.figure
  INNER JOIN catalogue.indicator
    ON figure.indicator_id = indicator.indicator_id AND figure.source_id = indicator.source_id
  WHERE figure.value IS NOT NULL
),

-- A survey's total is no sum. It gives the reason of its part where some part was measured (methods, section 2).
part_of_survey AS (
  SELECT
    reported_unit.agreement_id,
    figure.indicator_id,
    figure.period,
    min(figure.missing_reason) AS missing_reason
  FROM core.figure
  INNER JOIN core.reported_unit
    ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
    AND reported_unit.area_level = 'area'
  INNER JOIN catalogue.indicator ON figure.indicator_id = indicator.indicator_id AND indicator.kind = 'survey_share'
  GROUP BY ALL
  HAVING count(figure.value) > 0
),

dated_cell AS (
  SELECT
    cell.*,
    period.period_start,
    period.period_end,
    lag(period.period_end) OVER (
      PARTITION BY cell.agreement_id, cell.indicator_id, cell.area_level, cell.unit_level ORDER BY period.period_end
    ) AS previous_end
  FROM (SELECT DISTINCT agreement_id, indicator_id, area_level, unit_level, period FROM cell) AS cell
  INNER JOIN core.period ON cell.period = period.period
),

-- A break is marked on the period that holds its day, or on the first one after it: periods may be single days.
series_break AS (
  SELECT
    cell.agreement_id,
    cell.indicator_id,
    cell.area_level,
    cell.period,
    string_agg(DISTINCT series_break.because, '; ' ORDER BY series_break.because) AS series_break
  FROM dated_cell AS cell
  INNER JOIN catalogue.series_break
    ON series_break.from_day BETWEEN least(cell.period_start, cell.previous_end + 1) AND cell.period_end
    AND (series_break.indicator_id IS NULL OR series_break.indicator_id = cell.indicator_id)
    AND (series_break.agreement_id IS NULL OR series_break.agreement_id = cell.agreement_id)
    AND (series_break.unit_level IS NULL OR series_break.unit_level = cell.unit_level)
  GROUP BY ALL
),

shown AS (
  SELECT
    cell.agreement_id,
    indicator.goal_id,
    goal.goal,
    indicator.indicator_number,
    cell.indicator_id,
    indicator.indicator,
    indicator.role,
    indicator.kind,
    indicator.unit,
    indicator.better,
    cell.area_level,
    cell.area_id,
    cell.area,
    cell.area_order,
    agreement.municipality_code,
    cell.period,
    period.period_start,
    period.period_end,
    figure.numerator,
    figure.denominator,
    figure.value,
    stat.figure_low(
      indicator.kind, figure.numerator, figure.denominator, figure.value, figure.standard_deviation, figure.design_effect
    ) AS low,
    stat.figure_high(
      indicator.kind, figure.numerator, figure.denominator, figure.value, figure.standard_deviation, figure.design_effect
    ) AS high,
    rest.* EXCLUDE (agreement_id, area_id, indicator_id, period),
    CASE
      WHEN figure.value IS NOT NULL THEN NULL
      WHEN figure.missing_reason = 'not_measured_in_this_period'
        THEN coalesce(part_of_survey.missing_reason, figure.missing_reason)
      WHEN figure.missing_reason <> 'not_delivered' THEN figure.missing_reason
      WHEN rejected_figure.indicator_id IS NOT NULL THEN 'rejected_by_a_check'
      WHEN figure.missing_reason IS NOT NULL THEN figure.missing_reason
      WHEN came.period IS NULL AND period.period_end + to_months(indicator.publication_lag_months) > build.as_of
        THEN 'not_yet_published'
      WHEN indicator.kind = 'survey_share'
        THEN coalesce(part_of_survey.missing_reason, 'not_measured_in_this_period')
      ELSE 'not_delivered'
    END AS missing_reason,
    coalesce(figure.is_zero_or_withheld, false) AS is_zero_or_withheld,
    series_break.series_break,
    figure.part_level AS added_up_from,
    figure.standard_deviation,
    figure.design_effect,
    figure.response_rate,
    figure.instrument,
    figure.wording,
    figure.note,
    coalesce(
      figure.source_id,
      CASE WHEN cell.area_level = 'municipality' THEN indicator.municipality_source_id ELSE indicator.source_id END
    ) AS source_id,
    figure.delivery_id,
    figure.delivery_ids,
    figure.corrected_because,
    -- The newest delivery of the source lacks the figure, or its row there was rejected.
    figure.carried_over_because,
    coalesce(earlier_definition.definition_version, indicator.definition_version) AS definition_version,
    coalesce(figure.is_synthetic, false) AS is_synthetic,
    figure.known_from AS known_at
  FROM cell
  INNER JOIN catalogue.indicator ON cell.indicator_id = indicator.indicator_id
  INNER JOIN catalogue.agreement ON cell.agreement_id = agreement.agreement_id
  INNER JOIN core.period ON cell.period = period.period
  CROSS JOIN ledger.build
  LEFT JOIN catalogue.goal ON indicator.goal_id = goal.goal_id
  LEFT JOIN core.figure
    ON cell.indicator_id = figure.indicator_id AND cell.unit_level = figure.unit_level
    AND cell.unit_id = figure.unit_id AND cell.period = figure.period
  LEFT JOIN core.rest
    ON cell.agreement_id = rest.agreement_id AND cell.area_id = rest.area_id
    AND cell.indicator_id = rest.indicator_id AND cell.period = rest.period
  LEFT JOIN core.earlier_definition
    ON figure.indicator_id = earlier_definition.indicator_id AND figure.known_from = earlier_definition.known_from
  LEFT JOIN core.rejected_figure
    ON cell.indicator_id = rejected_figure.indicator_id AND cell.unit_level = rejected_figure.unit_level
    AND cell.unit_id = rejected_figure.unit_id AND cell.period = rejected_figure.period
  LEFT JOIN part_of_survey
    ON cell.agreement_id = part_of_survey.agreement_id AND cell.area_level = 'total'
    AND cell.indicator_id = part_of_survey.indicator_id AND cell.period = part_of_survey.period
  LEFT JOIN came ON cell.indicator_id = came.indicator_id AND cell.period = came.period
  LEFT JOIN series_break
    ON cell.agreement_id = series_break.agreement_id AND cell.indicator_id = series_break.indicator_id
    AND cell.area_level = series_break.area_level AND cell.period = series_break.period
)

-- The distances to the limits of area and rest, squared and added (methods, section 3).
SELECT
  * EXCLUDE (municipality_value, outside, rest_value, rest_low, rest_high)
    REPLACE (
      coalesce(municipality_uncertainty_left_out AND low IS NOT NULL, false) AS municipality_uncertainty_left_out
    ),
  value - municipality_value AS gap,
  CASE
    WHEN shown.municipality_uncertainty_left_out THEN low - municipality_value
    ELSE value - municipality_value - outside * sqrt((value - low) ^ 2 + (rest_high - rest_value) ^ 2)
  END AS gap_low,
  CASE
    WHEN shown.municipality_uncertainty_left_out THEN high - municipality_value
    ELSE value - municipality_value + outside * sqrt((high - value) ^ 2 + (rest_value - rest_low) ^ 2)
  END AS gap_high
FROM shown
