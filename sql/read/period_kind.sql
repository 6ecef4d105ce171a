-- Which kind of period a canonical text is: calendar_year, school_year, reference_day, survey_wave, election, as_signed.
CREATE OR REPLACE MACRO read.period_kind(period) AS
    CASE
        WHEN period = 'as_signed' THEN 'as_signed'
        WHEN length(period) = 4 THEN 'calendar_year'
        WHEN period[5] = '/' THEN 'school_year'
        WHEN ends_with(period, '-wave') THEN 'survey_wave'
        WHEN period[3] = '-' THEN 'election'
        WHEN length(period) = 10 THEN 'reference_day'
    END;
