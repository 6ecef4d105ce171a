-- The smallest development that could have been seen: the half-width of its interval on the unfavourable side, rounded
-- up to 0.1 percentage point (0.001) or, for a mark, to 0.1. `unit`: 'fraction' or 'mark'.
CREATE OR REPLACE MACRO stat.smallest_detectable_change(development, development_low, development_high, better, unit) AS CASE
  WHEN development_low > development + 1e-9 OR development_high < development - 1e-9
    OR NOT isfinite(development::DOUBLE) OR NOT isfinite(development_low::DOUBLE)
    OR NOT isfinite(development_high::DOUBLE) OR better NOT IN ('higher', 'lower') OR unit NOT IN ('fraction', 'mark')
    THEN error('stat.smallest_detectable_change: needs a development within its limits, higher or lower, and a fraction'
      || ' or mark, found ' || development || ' in ' || development_low || ' to ' || development_high || ', ' || better
      || ', ' || unit)
  -- A billionth is taken off first, so that a width of exactly 0.1 point is not rounded up to 0.2.
  ELSE ceil(
    CASE better WHEN 'higher' THEN development - development_low WHEN 'lower' THEN development_high - development END
    * CASE unit WHEN 'mark' THEN 10 ELSE 1000 END - 1e-9
  ) / CASE unit WHEN 'mark' THEN 10 ELSE 1000 END
END;
