-- The number in a text of digits with at most a decimal mark: the fast way for nearly every cell. NULL for all else.
CREATE OR REPLACE MACRO read.plain_number(published, decimal_mark) AS
    CASE
        WHEN contains(published, '_') THEN NULL
        WHEN decimal_mark = 'point' THEN read.finite(try_cast(published AS DOUBLE))
        WHEN contains(published, '.') THEN NULL
        ELSE read.finite(try_cast(replace(published, ',', '.') AS DOUBLE))
    END;
