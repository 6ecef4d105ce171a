-- Upper limit of the 95 % t interval of a mean (same unit as the mean). NULL without a standard deviation or n < 2.
CREATE OR REPLACE MACRO stat.mean_high(mean, standard_deviation, n) AS CASE
  WHEN n <= 0 OR standard_deviation < 0
    THEN error('stat.mean_high: needs n > 0 and a standard deviation >= 0, found n = ' || n)
  WHEN n >= 2 THEN mean + stat.t(greatest(n, 2) - 1) * standard_deviation / sqrt(n)
END;
