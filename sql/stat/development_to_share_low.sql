-- Lower 95 % limit of the development of the area against its municipality where only the municipality's shares were
-- delivered: their own uncertainty is left out, and whoever shows it says so.
CREATE OR REPLACE MACRO stat.development_to_share_low(
  x_area_0, n_area_0, share_municipality_0, x_area_t, n_area_t, share_municipality_t
) AS stat.moved_low(
  stat.gap_to_share_limits(x_area_0, n_area_0, share_municipality_0),
  stat.gap_to_share_limits(x_area_t, n_area_t, share_municipality_t)
);
