-- Sum of squares round their own mean of those of the municipality who are outside the area, from both means,
-- deviations and numbers: the municipality's less the area's less what lies between the two.
CREATE OR REPLACE MACRO stat.rest_squares(
  mean_area, deviation_area, n_area, mean_municipality, deviation_municipality, n_municipality
) AS
  (n_municipality - 1) * deviation_municipality::DOUBLE ^ 2
  - (n_area - 1) * deviation_area::DOUBLE ^ 2
  - n_area::DOUBLE * n_municipality / (n_municipality - n_area) * (mean_area::DOUBLE - mean_municipality) ^ 2;
