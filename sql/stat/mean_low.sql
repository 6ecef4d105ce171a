-- Lower limit of the 95 % t interval of a mean (same unit as the mean). NULL without a standard deviation or n < 2.
-- Impossible input is an error, never a number.
CREATE OR REPLACE MACRO stat.mean_low(mean, standard_deviation, n) AS CASE
  WHEN mean IS NULL OR standard_deviation IS NULL OR n IS NULL THEN NULL
  WHEN n <= 0 OR standard_deviation < 0
    OR NOT isfinite(mean::DOUBLE) OR NOT isfinite(standard_deviation::DOUBLE) OR NOT isfinite(n::DOUBLE)
    THEN error('stat.mean_low: needs a number, a standard deviation >= 0 and n > 0, found mean = ' || mean
      || ', standard deviation = ' || standard_deviation || ', n = ' || n)
  WHEN n >= 2 THEN mean - stat.t(greatest(n, 2) - 1) * standard_deviation / sqrt(n)
END;
