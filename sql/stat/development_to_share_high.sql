-- Upper 95 % limit of the development of the area against its municipality where only the municipality's shares were
-- delivered: their own uncertainty is left out, and whoever shows it says so.
CREATE OR REPLACE MACRO stat.development_to_share_high(
  x_area_0, n_area_0, share_municipality_0, x_area_t, n_area_t, share_municipality_t
) AS list_transform([{
  'gap_0': stat.gap_to_share(x_area_0, n_area_0, share_municipality_0),
  'low_0': stat.gap_to_share_low(x_area_0, n_area_0, share_municipality_0),
  'high_0': stat.gap_to_share_high(x_area_0, n_area_0, share_municipality_0),
  'gap_t': stat.gap_to_share(x_area_t, n_area_t, share_municipality_t),
  'low_t': stat.gap_to_share_low(x_area_t, n_area_t, share_municipality_t),
  'high_t': stat.gap_to_share_high(x_area_t, n_area_t, share_municipality_t)
}], lambda one: stat.mover_high(
  one.gap_0, one.low_0, one.high_0, one.gap_t, one.low_t, one.high_t
))[1];
