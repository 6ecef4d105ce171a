-- Area minus municipality in a survey: the difference of two weighted shares (fractions).
CREATE OR REPLACE MACRO stat.survey_gap(
  share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
) AS CASE
  WHEN stat.survey_low(share_area, n_area, effect_area) IS NULL
    OR stat.survey_low(share_municipality, n_municipality, effect_municipality) IS NULL THEN NULL
  ELSE share_area::DOUBLE - share_municipality
END;
