-- Lower 95 % limit of the development of weighted shares, area against its municipality, from period 0 to period t (MOVER). The
-- gaps are worked out once each, in a list of one.
CREATE OR REPLACE MACRO stat.survey_development_low(
  share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0,
  share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
) AS list_transform([{
  'gap_0': stat.survey_gap(
    share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0
  ),
  'low_0': stat.survey_gap_low(
    share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0
  ),
  'high_0': stat.survey_gap_high(
    share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0
  ),
  'gap_t': stat.survey_gap(
    share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
  ),
  'low_t': stat.survey_gap_low(
    share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
  ),
  'high_t': stat.survey_gap_high(
    share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
  )
}], lambda one: stat.mover_low(
  one.gap_0, one.low_0, one.high_0, one.gap_t, one.low_t, one.high_t
))[1];
