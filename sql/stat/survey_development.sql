-- Development against development of weighted shares: how much the gap between area and municipality changed from 0 to t.
CREATE OR REPLACE MACRO stat.survey_development(
  share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0,
  share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t
) AS
  stat.survey_gap(share_area_t, n_area_t, effect_area_t, share_municipality_t, n_municipality_t, effect_municipality_t)
  - stat.survey_gap(share_area_0, n_area_0, effect_area_0, share_municipality_0, n_municipality_0, effect_municipality_0);
