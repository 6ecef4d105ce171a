-- Lower 95 % limit of the development of means, area against its municipality, from period 0 to period t.
CREATE OR REPLACE MACRO stat.mean_development_low(
  mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0,
  mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
) AS stat.moved_low(
  stat.mean_gap_limits(
    mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0
  ),
  stat.mean_gap_limits(
    mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
  )
);
