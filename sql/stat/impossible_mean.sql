-- Whether a mean cannot be: nobody behind it, a negative spread, or no number.
CREATE OR REPLACE MACRO stat.impossible_mean(mean, standard_deviation, n) AS
  n <= 0 OR standard_deviation < 0
  OR NOT isfinite(mean::DOUBLE) OR NOT isfinite(standard_deviation::DOUBLE) OR NOT isfinite(n::DOUBLE);
