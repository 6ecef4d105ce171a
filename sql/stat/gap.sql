-- Area minus municipality, of which the area is a part: the difference of the two shares (fractions).
CREATE OR REPLACE MACRO stat.gap(x_area, n_area, x_municipality, n_municipality) AS CASE
  WHEN stat.impossible_count(x_area::DOUBLE, n_area::DOUBLE)
    OR stat.impossible_count(x_municipality::DOUBLE, n_municipality::DOUBLE)
    OR stat.impossible_area(x_area, n_area, x_municipality, n_municipality)
    THEN error('stat.gap: the area must lie inside the municipality, found area ' || x_area || ' of ' || n_area
      || ', municipality ' || x_municipality || ' of ' || n_municipality)
  ELSE x_area::DOUBLE / n_area - x_municipality::DOUBLE / n_municipality
END;
