-- Upper limit for any kind of figure; NULL where its kind, or what was delivered, carries no interval.
CREATE OR REPLACE MACRO stat.figure_high(kind, numerator, denominator, value, standard_deviation, design_effect) AS CASE
  WHEN value IS NULL THEN NULL
  WHEN kind IN ('share', 'turnout') AND denominator > 0 THEN stat.wilson_high(numerator, denominator)
  WHEN kind = 'mean' AND denominator >= 2 THEN stat.mean_high(value, standard_deviation, denominator)
  WHEN kind = 'survey_share' AND denominator > 0 AND design_effect >= 1
    THEN stat.survey_high(value, denominator, design_effect)
END;
