-- Lower limit of the 95 % interval of a weighted share: Wilson on the effective sample n / design_effect.
-- Impossible input is an error, never a number; NULL in gives NULL out.
CREATE OR REPLACE MACRO stat.survey_low(share, n, design_effect) AS CASE
  WHEN share IS NULL OR n IS NULL OR design_effect IS NULL THEN NULL
  WHEN share < 0 OR share > 1 OR n <= 0 OR design_effect < 1 OR NOT isfinite(design_effect::DOUBLE)
    THEN error('stat.survey_low: needs a share 0-1, n > 0 and a design effect >= 1, found share = ' || share
      || ', n = ' || n || ', design effect = ' || design_effect)
  ELSE stat.wilson_low(share::DOUBLE * (n / design_effect), n / design_effect)
END;
