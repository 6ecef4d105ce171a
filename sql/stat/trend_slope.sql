-- Slope of a linear trend in proportions, each period weighing as its n: change of the share per unit of t (an aggregate
-- over rows of x of n at time t). NULL where any row lacks a number; impossible counts are an error.
-- Count t from a near year: the squares of large numbers lose their last digits.
CREATE OR REPLACE MACRO stat.trend_slope(x, n, t) AS CASE
  WHEN bool_or(x IS NULL OR n IS NULL OR t IS NULL) THEN NULL
  WHEN stat.impossible_trend(x, n, t)
    THEN error('stat.trend_slope: needs 0 <= x <= n, n > 0 and several times t, found x ' || min(x) || ' to ' || max(x)
      || ', n ' || min(n) || ' to ' || max(n) || ', t ' || min(t) || ' to ' || max(t))
  ELSE (sum(t::DOUBLE * x) - sum(x::DOUBLE) / sum(n::DOUBLE) * sum(t::DOUBLE * n))
    / (sum(n * t::DOUBLE ^ 2) - sum(n * t::DOUBLE) ^ 2 / sum(n::DOUBLE))
END;
