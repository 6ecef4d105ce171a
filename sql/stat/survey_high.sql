-- Upper limit of the 95 % interval of a weighted share: Wilson on the effective sample n / design_effect.
CREATE OR REPLACE MACRO stat.survey_high(share, n, design_effect) AS CASE
  WHEN design_effect < 1
    THEN error('stat.survey_high: a design effect is at least 1, found ' || design_effect)
  ELSE stat.wilson_high(share * (n / design_effect), n / design_effect)
END;
