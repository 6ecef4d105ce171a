-- The number that a text states, NULL where it states none. decimal_mark: 'comma' or 'point'; the other is the thousands mark.
-- Understood: 1.234,5 | 1 234,5 | 12,5 % | ca. 40 | godt 40 | '40 | 325.000 kr.
CREATE OR REPLACE MACRO read.number(published, decimal_mark) AS
    coalesce(read.plain_number(published, decimal_mark), read.worded_number(published, decimal_mark));
