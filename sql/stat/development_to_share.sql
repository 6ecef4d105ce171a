-- How much the gap between the area and the municipality's share, delivered without counts, changed from 0 to t.
CREATE OR REPLACE MACRO stat.development_to_share(
  x_area_0, n_area_0, share_municipality_0, x_area_t, n_area_t, share_municipality_t
) AS
  stat.gap_to_share(x_area_t, n_area_t, share_municipality_t)
  - stat.gap_to_share(x_area_0, n_area_0, share_municipality_0);
