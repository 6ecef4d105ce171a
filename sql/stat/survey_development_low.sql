-- Lower 95 % limit of the development of weighted shares, area against its municipality, from period 0 to period t.
CREATE OR REPLACE MACRO stat.survey_development_low(
  share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0,
  share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
) AS stat.moved_low(
  stat.survey_gap_limits(
    share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0
  ),
  stat.survey_gap_limits(
    share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
  )
);
