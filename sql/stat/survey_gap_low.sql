-- Lower 95 % limit of area minus municipality in a survey (square-and-add of the two intervals). Both are taken as
-- samples of their own: whether one holds answers of the other is not delivered, and overlap could only narrow it.
CREATE OR REPLACE MACRO stat.survey_gap_low(
  share_area, n_area, effect_area, share_municipality, n_municipality, effect_municipality
) AS
  share_area::DOUBLE - share_municipality - sqrt(
    (share_area - stat.survey_low(share_area, n_area, effect_area)) ^ 2
    + (share_municipality - stat.survey_high(share_municipality, n_municipality, effect_municipality)) ^ 2
  );
