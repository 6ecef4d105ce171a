-- Lower 95 % limit of the development of means, area against its municipality, from period 0 to period t (MOVER). The
-- gaps are worked out once each, in a list of one.
CREATE OR REPLACE MACRO stat.mean_development_low(
  mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0,
  mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
) AS list_transform([{
  'gap_0': stat.mean_gap(
    mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0
  ),
  'low_0': stat.mean_gap_low(
    mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0
  ),
  'high_0': stat.mean_gap_high(
    mean_area_0, deviation_area_0, n_area_0, mean_municipality_0, deviation_municipality_0, n_municipality_0
  ),
  'gap_t': stat.mean_gap(
    mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
  ),
  'low_t': stat.mean_gap_low(
    mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
  ),
  'high_t': stat.mean_gap_high(
    mean_area_t, deviation_area_t, n_area_t, mean_municipality_t, deviation_municipality_t, n_municipality_t
  )
}], lambda one: stat.mover_low(
  one.gap_0, one.low_0, one.high_0, one.gap_t, one.low_t, one.high_t
))[1];
