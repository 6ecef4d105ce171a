-- Upper 95 % limit of the mean of the area minus that of the municipality, of which the area is a part: square-and-add
-- of the t limits of area and rest, times the share of the municipality outside the area. NULL where area or rest
-- has no limits (no standard deviation, fewer than two).
CREATE OR REPLACE MACRO stat.mean_gap_high(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS CASE
  WHEN (n_area >= 2 AND n_municipality - n_area >= 2) OR n_area <= 0 OR n_area >= n_municipality THEN
    stat.mean_gap(mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality)
    + (1 - n_area::DOUBLE / n_municipality) * sqrt(
      (stat.t(greatest(n_area, 2) - 1) * deviation_area / sqrt(n_area)) ^ 2
      + stat.t(greatest(n_municipality - n_area, 2) - 1) ^ 2
        * stat.rest_variance(mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality)
        / (n_municipality - n_area)
    )
END;
