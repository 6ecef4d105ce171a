-- The verdict on a development from its 95 % limits: better or worse only where the whole interval lies on one side of 0.
-- NULL where a limit is missing: half an interval judges nothing.
CREATE OR REPLACE MACRO stat.verdict(development_low, development_high, better) AS CASE
  WHEN development_low IS NULL OR development_high IS NULL THEN NULL
  WHEN development_low > development_high OR better NOT IN ('higher', 'lower')
    OR NOT isfinite(development_low::DOUBLE) OR NOT isfinite(development_high::DOUBLE)
    THEN error('stat.verdict: needs low <= high and higher or lower, found ' || development_low || ' to '
      || development_high || ', ' || better)
  WHEN development_low > 0 THEN CASE better WHEN 'higher' THEN 'better' WHEN 'lower' THEN 'worse' END
  WHEN development_high < 0 THEN CASE better WHEN 'higher' THEN 'worse' WHEN 'lower' THEN 'better' END
  ELSE 'no_certain_difference'
END;
