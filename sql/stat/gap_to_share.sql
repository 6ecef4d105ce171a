-- Area minus municipality where the municipality's counts were not delivered, only its share (fractions).
CREATE OR REPLACE MACRO stat.gap_to_share(x_area, n_area, municipality_share) AS CASE
  WHEN stat.impossible_count(x_area::DOUBLE, n_area::DOUBLE) OR stat.impossible_share(municipality_share)
    THEN error('stat.gap_to_share: needs 0 <= x <= n, n > 0 and a share 0-1, found area ' || x_area || ' of ' || n_area
      || ', municipality ' || municipality_share)
  ELSE x_area::DOUBLE / n_area - municipality_share
END;
