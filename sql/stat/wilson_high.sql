-- Upper limit of the 95 % Wilson score interval for x of n (fractions 0-1; x may be fractional).
-- Impossible counts are an error, never a number; NULL in gives NULL out. At x = n the limit is exactly 1.
CREATE OR REPLACE MACRO stat.wilson_high(x, n) AS CASE
  WHEN x IS NULL OR n IS NULL THEN NULL
  WHEN stat.impossible_count(x::DOUBLE, n::DOUBLE)
    THEN error('stat.wilson_high: needs 0 <= x <= n and n > 0, found x = ' || x || ', n = ' || n)
  WHEN x = n THEN 1.0
  ELSE least(1.0,
    (2 * x::DOUBLE + stat.z() ^ 2 + stat.z() * sqrt(stat.z() ^ 2 + 4 * x::DOUBLE * (1 - x::DOUBLE / n)))
    / (2 * (n + stat.z() ^ 2)))
END;
