-- Upper 95 % limit of area minus municipality. The area lies inside the municipality, so the two are not
-- independent: Newcombe's hybrid score interval of area minus rest, times the share of the municipality outside the area.
CREATE OR REPLACE MACRO stat.gap_high(x_area, n_area, x_municipality, n_municipality) AS
  stat.gap(x_area, n_area, x_municipality, n_municipality) + (1 - n_area::DOUBLE / n_municipality) * sqrt(
    (stat.wilson_high(x_area, n_area) - x_area::DOUBLE / n_area) ^ 2
    + ((x_municipality - x_area)::DOUBLE / (n_municipality - n_area)
      - stat.wilson_low(x_municipality - x_area, n_municipality - n_area)) ^ 2
  );
