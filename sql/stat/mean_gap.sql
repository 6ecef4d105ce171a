-- The mean of the area minus that of the municipality, of which the area is a part (same unit as the means).
CREATE OR REPLACE MACRO stat.mean_gap(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS CASE
  WHEN stat.impossible_mean(mean_area, deviation_area, n_area)
    OR stat.impossible_mean(mean_municipality, deviation_municipality, n_municipality)
    OR stat.impossible_mean_area(
      mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
    )
    THEN error('stat.mean_gap: the area must lie inside the municipality, found area ' || mean_area || ', deviation '
      || deviation_area || ', n ' || n_area || ', municipality ' || mean_municipality || ', deviation '
      || deviation_municipality || ', n ' || n_municipality)
  ELSE mean_area::DOUBLE - mean_municipality
END;
