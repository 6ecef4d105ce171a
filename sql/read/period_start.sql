-- The first day of a canonical period; a school year begins on 1 August, 'as_signed' has none.
CREATE OR REPLACE MACRO read.period_start(period) AS
    CASE read.period_kind(period)
        WHEN 'calendar_year' THEN try_cast(period || '-01-01' AS DATE)
        WHEN 'survey_wave' THEN try_cast(left(period, 4) || '-01-01' AS DATE)
        WHEN 'school_year' THEN try_cast(left(period, 4) || '-08-01' AS DATE)
        WHEN 'reference_day' THEN try_cast(period AS DATE)
        WHEN 'election' THEN try_cast(right(period, 10) AS DATE)
    END;
