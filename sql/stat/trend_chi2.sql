-- Chi-squared for a linear trend in proportions, 1 degree of freedom: an aggregate over rows of x of n at time t.
-- Computed in DOUBLE, for the numerator overflows 64-bit integers at an n of about 40,000. 0 where all or none did in
-- every period; NULL where any row lacks a number; impossible counts, or times that are all one, are an error.
-- Count t from a near year: the squares of large numbers lose their last digits.
CREATE OR REPLACE MACRO stat.trend_chi2(x, n, t) AS CASE
  WHEN bool_or(x IS NULL OR n IS NULL OR t IS NULL) THEN NULL
  WHEN stat.impossible_trend(x, n, t)
    THEN error('stat.trend_chi2: needs 0 <= x <= n, n > 0 and several times t, found x ' || min(x) || ' to ' || max(x)
      || ', n ' || min(n) || ' to ' || max(n) || ', t ' || min(t) || ' to ' || max(t))
  WHEN sum(x) = 0 OR sum(x) = sum(n) THEN 0.0
  ELSE (sum(t::DOUBLE * x) - sum(x::DOUBLE) / sum(n::DOUBLE) * sum(t::DOUBLE * n)) ^ 2
    / (
      sum(x::DOUBLE) / sum(n::DOUBLE) * (1 - sum(x::DOUBLE) / sum(n::DOUBLE))
      * (sum(n * t::DOUBLE ^ 2) - sum(n * t::DOUBLE) ^ 2 / sum(n::DOUBLE))
    )
END;
