-- The gap between area and municipality, of two shares by their counts, with its 95 % limits: gap, low, high.
CREATE OR REPLACE MACRO stat.gap_limits(x_area, n_area, x_municipality, n_municipality) AS {
  'gap': stat.gap(x_area, n_area, x_municipality, n_municipality),
  'low': stat.gap_low(x_area, n_area, x_municipality, n_municipality),
  'high': stat.gap_high(x_area, n_area, x_municipality, n_municipality)
};
