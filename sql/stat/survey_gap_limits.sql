-- The gap between area and municipality, of two weighted shares, with its 95 % limits: gap, low, high.
CREATE OR REPLACE MACRO stat.survey_gap_limits(
  share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
) AS {
  'gap': stat.survey_gap(
    share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
  ),
  'low': stat.survey_gap_low(
    share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
  ),
  'high': stat.survey_gap_high(
    share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
  )
};
