-- Development against development of means: how much the gap between area and municipality changed from 0 to t.
CREATE OR REPLACE MACRO stat.mean_development(
  mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0,
  mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
) AS
  stat.mean_gap(mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t)
  - stat.mean_gap(mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0);
