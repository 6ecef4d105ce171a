-- Chi-squared for a linear trend in proportions, 1 degree of freedom: an aggregate over rows of x of n at time t.
-- Computed in DOUBLE, for the numerator overflows 64-bit integers at an n of about 40,000.
CREATE OR REPLACE MACRO stat.trend_chi2(x, n, t) AS
  (sum(t::DOUBLE * x) - sum(x::DOUBLE) / sum(n::DOUBLE) * sum(t::DOUBLE * n)) ^ 2
  / (
    sum(x::DOUBLE) / sum(n::DOUBLE) * (1 - sum(x::DOUBLE) / sum(n::DOUBLE))
    * (sum(n * t::DOUBLE ^ 2) - sum(n * t::DOUBLE) ^ 2 / sum(n::DOUBLE))
  );
