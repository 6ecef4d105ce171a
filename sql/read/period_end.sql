-- The last day of a canonical period; a school year ends on 31 July, 'as_signed' has none.
CREATE OR REPLACE MACRO read.period_end(period) AS
    CASE read.period_kind(period)
        WHEN 'calendar_year' THEN try_cast(period || '-12-31' AS DATE)
        WHEN 'survey_wave' THEN try_cast(left(period, 4) || '-12-31' AS DATE)
        WHEN 'school_year' THEN try_cast(right(period, 4) || '-07-31' AS DATE)
        WHEN 'reference_day' THEN try_cast(period AS DATE)
        WHEN 'election' THEN try_cast(right(period, 10) AS DATE)
    END;
