-- What a figure's shown columns tell of its numerator: the count itself, a share times its denominator, the sum of
-- marks of a mean. NULL where they tell nothing.
CREATE OR REPLACE MACRO stat.counted_numerator(kind, numerator, denominator, value) AS CASE
  WHEN kind IN ('mean', 'survey_share') THEN value * denominator
  WHEN kind = 'amount' THEN coalesce(value, numerator)
  ELSE coalesce(numerator, round(value * denominator))
END;
