-- What a figure's shown columns tell of its denominator: the count itself, or how many a numerator is that share of.
CREATE OR REPLACE MACRO stat.counted_denominator(kind, numerator, denominator, value) AS CASE
  WHEN denominator IS NULL AND kind IN ('share', 'turnout') AND value > 0 THEN round(numerator / value)
  ELSE denominator
END;
