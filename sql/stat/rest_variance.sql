-- Variance among those of the municipality who are outside the area; never below 0, where rounding would take it.
CREATE OR REPLACE MACRO stat.rest_variance(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS
  greatest(0, stat.rest_squares(
    mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
  )) / nullif(n_municipality - n_area - 1, 0);
