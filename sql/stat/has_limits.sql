-- Whether a figure of this kind came with all that its interval follows from. Never NULL.
CREATE OR REPLACE MACRO stat.has_limits(kind, numerator, denominator, value, standard_deviation, design_effect) AS
  value IS NOT NULL AND coalesce(CASE kind
    WHEN 'share' THEN numerator IS NOT NULL AND denominator > 0
    WHEN 'turnout' THEN numerator IS NOT NULL AND denominator > 0
    WHEN 'mean' THEN standard_deviation IS NOT NULL AND denominator >= 2
    WHEN 'survey_share' THEN denominator > 0 AND design_effect >= 1
  END, false);
