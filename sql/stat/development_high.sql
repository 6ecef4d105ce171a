-- Upper 95 % limit of the development of the area against its municipality from period 0 to period t.
CREATE OR REPLACE MACRO stat.development_high(
  x_area_0, n_area_0, x_municipality_0, n_municipality_0, x_area_t, n_area_t, x_municipality_t, n_municipality_t
) AS stat.moved_high(
  stat.gap_limits(x_area_0, n_area_0, x_municipality_0, n_municipality_0),
  stat.gap_limits(x_area_t, n_area_t, x_municipality_t, n_municipality_t)
);
