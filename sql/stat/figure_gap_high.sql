-- Upper limit of area minus municipality for any kind of figure; NULL where what was delivered carries no interval, or
-- where the area's counts cannot lie inside the municipality's. A municipality of which only the figure came is taken
-- as it is: its own uncertainty is left out.
CREATE OR REPLACE MACRO stat.figure_gap_high(
  kind, x_area, n_area, value_area, deviation_area, effect_area,
  x_municipality, n_municipality, value_municipality, deviation_municipality, effect_municipality
) AS CASE
  WHEN value_municipality IS NULL
    OR NOT stat.has_limits(kind, x_area, n_area, value_area, deviation_area, effect_area) THEN NULL
  WHEN NOT stat.has_limits(
    kind, x_municipality, n_municipality, value_municipality, deviation_municipality, effect_municipality
  ) THEN stat.figure_high(kind, x_area, n_area, value_area, deviation_area, effect_area) - value_municipality
  WHEN kind IN ('share', 'turnout') THEN CASE
    WHEN NOT stat.impossible_area(x_area, n_area, x_municipality, n_municipality)
      THEN stat.gap_high(x_area, n_area, x_municipality, n_municipality)
  END
  WHEN kind = 'mean' THEN CASE
    WHEN NOT stat.impossible_mean_area(
      value_area, deviation_area, n_area, value_municipality, deviation_municipality, n_municipality
    ) THEN stat.mean_gap_high(
      value_area, deviation_area, n_area, value_municipality, deviation_municipality, n_municipality
    )
  END
  WHEN kind = 'survey_share' THEN stat.survey_gap_high(
    value_area, n_area, effect_area, value_municipality, n_municipality, effect_municipality
  )
END;
