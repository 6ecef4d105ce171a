-- Development against development: how much the gap between area and municipality changed from period 0 to period t.
CREATE OR REPLACE MACRO stat.development(
  x_area_0, n_area_0, x_municipality_0, n_municipality_0, x_area_t, n_area_t, x_municipality_t, n_municipality_t
) AS
  stat.gap(x_area_t, n_area_t, x_municipality_t, n_municipality_t)
  - stat.gap(x_area_0, n_area_0, x_municipality_0, n_municipality_0);
