-- Whether an area's mean cannot lie inside its municipality's: no rest to compare with, or a rest with less than no spread.
CREATE OR REPLACE MACRO stat.impossible_mean_area(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS CASE
  WHEN n_area >= n_municipality THEN true
  ELSE stat.rest_squares(mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality)
    < -1e-9 * n_municipality * (1 + deviation_municipality::DOUBLE ^ 2)
END;
