-- The gap between area and municipality's share, delivered without counts, with its 95 % limits: gap, low, high.
CREATE OR REPLACE MACRO stat.gap_to_share_limits(x_area, n_area, share_municipality) AS {
  'gap': stat.gap_to_share(x_area, n_area, share_municipality),
  'low': stat.gap_to_share_low(x_area, n_area, share_municipality),
  'high': stat.gap_to_share_high(x_area, n_area, share_municipality)
};
