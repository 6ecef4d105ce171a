-- The number in a text with thousands marks, an exponent, a unit or a word for how exact it is; NULL where there is none.
CREATE OR REPLACE MACRO read.worded_number(published, decimal_mark) AS
    CASE
        WHEN decimal_mark = 'comma' AND regexp_full_match(
            read.bare_number(published), '[+-]?(\d{1,30}|\d{1,3}([. ]\d{3}){1,9})(,\d+)?([eE][+-]?\d\d?)?'
        )
        THEN try_cast(replace(regexp_replace(read.bare_number(published), '[. ]', '', 'g'), ',', '.') AS DOUBLE)
        WHEN decimal_mark = 'point' AND regexp_full_match(
            read.bare_number(published), '[+-]?(\d{1,30}|\d{1,3}([, ]\d{3}){1,9})(\.\d+)?([eE][+-]?\d\d?)?'
        )
        THEN try_cast(regexp_replace(read.bare_number(published), '[, ]', '', 'g') AS DOUBLE)
    END;
