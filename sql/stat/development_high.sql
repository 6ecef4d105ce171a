-- Upper 95 % limit of the development of the area against its municipality from period 0 to period t (MOVER:
-- the distances to the limits of the two gaps, squared and added; subtracting the first gap swaps its sides).
CREATE OR REPLACE MACRO stat.development_high(
  x_area_0, n_area_0, x_municipality_0, n_municipality_0, x_area_t, n_area_t, x_municipality_t, n_municipality_t
) AS
  stat.development(
    x_area_0, n_area_0, x_municipality_0, n_municipality_0, x_area_t, n_area_t, x_municipality_t, n_municipality_t
  ) + sqrt(
    (stat.gap(x_area_t, n_area_t, x_municipality_t, n_municipality_t) - stat.gap_high(x_area_t, n_area_t, x_municipality_t, n_municipality_t)) ^ 2
    + (stat.gap_low(x_area_0, n_area_0, x_municipality_0, n_municipality_0) - stat.gap(x_area_0, n_area_0, x_municipality_0, n_municipality_0)) ^ 2
  );
