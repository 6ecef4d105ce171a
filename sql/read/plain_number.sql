-- The number in a text of digits with at most a decimal mark: the fast way for nearly every cell. NULL for all else,
-- also for what a cast alone would take: nan, inf, 1_000.
CREATE OR REPLACE MACRO read.plain_number(published, decimal_mark) AS
    CASE
        WHEN decimal_mark = 'point' AND regexp_full_match(published, '[+-]?\d{1,30}(\.\d+)?')
        THEN try_cast(published AS DOUBLE)
        WHEN decimal_mark = 'comma' AND regexp_full_match(published, '[+-]?\d{1,30}(,\d+)?')
        THEN try_cast(replace(published, ',', '.') AS DOUBLE)
    END;
