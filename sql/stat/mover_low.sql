-- Lower 95 % limit of the change of a gap from period 0 to period t by MOVER: the distances to the limits of the two
-- gaps, squared and added; subtracting the first gap swaps its sides. Limits that do not hold their gap are an error.
CREATE OR REPLACE MACRO stat.mover_low(gap_0, low_0, high_0, gap_t, low_t, high_t) AS CASE
  WHEN greatest(low_0 - gap_0, gap_0 - high_0, low_t - gap_t, gap_t - high_t) > 1e-9
    THEN error('stat.mover_low: needs gaps within their limits, found ' || gap_0 || ' in ' || low_0 || ' to ' || high_0
      || ' and ' || gap_t || ' in ' || low_t || ' to ' || high_t)
  ELSE gap_t::DOUBLE - gap_0 - sqrt((gap_t - low_t) ^ 2 + (gap_0 - high_0) ^ 2)
END;
