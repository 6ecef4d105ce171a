-- A text without what may stand round its number: an apostrophe, a word such as 'godt' before, a unit such as '%' behind.
CREATE OR REPLACE MACRO read.bare_number(published) AS
    regexp_extract(
        translate(published, chr(160) || chr(8239) || chr(8722), '  -'),
        '(?i)^\s*''?\s*(?:(?:ca\.?|cirka|godt|knapt?|næsten|omkring|omtrent)\s+)?(.*?)\s*(?:%|pct\.?|kr\.?)?\s*$',
        1
    );
