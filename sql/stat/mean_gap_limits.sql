-- The gap between area and municipality, of two means, with its 95 % limits: gap, low, high.
CREATE OR REPLACE MACRO stat.mean_gap_limits(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS {
  'gap': stat.mean_gap(
    mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
  ),
  'low': stat.mean_gap_low(
    mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
  ),
  'high': stat.mean_gap_high(
    mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
  )
};
