-- The figure that stands for what was delivered: a share from its counts where both came. Where small counts are
-- withheld, one without its denominator is told to 0.1 point, for its last digits give both counts away (0.016393 is
-- 1 of 61); the municipality's is not.
CREATE OR REPLACE MACRO stat.shown_value(kind, numerator, denominator, value, unit_level, disclosure_applies) AS CASE
  WHEN kind IN ('share', 'turnout') AND denominator > 0 AND numerator IS NOT NULL THEN numerator / denominator
  WHEN kind = 'amount' THEN coalesce(value, numerator)
  WHEN kind = 'share' AND denominator IS NULL AND unit_level <> 'municipality' AND disclosure_applies THEN round(value, 3)
  ELSE value
END;
