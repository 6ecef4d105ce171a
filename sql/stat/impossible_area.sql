-- Whether an area's counts cannot lie inside its municipality's: larger than it, or leaving no rest to compare with.
CREATE OR REPLACE MACRO stat.impossible_area(x_area, n_area, x_municipality, n_municipality) AS
  n_area >= n_municipality OR x_area > x_municipality OR n_area - x_area > n_municipality - x_municipality;
