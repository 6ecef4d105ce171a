-- Upper 95 % limit of area minus municipality where only the municipality's share was delivered: its own
-- uncertainty is left out, so the interval is that of the area alone.
CREATE OR REPLACE MACRO stat.gap_to_share_high(x_area, n_area, municipality_share) AS
  stat.gap_to_share(x_area, n_area, municipality_share) + (stat.wilson_high(x_area, n_area) - x_area::DOUBLE / n_area);
