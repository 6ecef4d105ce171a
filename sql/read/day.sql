-- A day as ISO text out of '30-09-2023', '30.09.2023', '30/9/2023', '30. september 2023', ISO date or timestamp; else NULL.
-- Letters are listed: to prepare \pL, every letter of Unicode, takes longer than to read a thousand rows.
CREATE OR REPLACE MACRO read.day(published) AS
    CASE
        WHEN published LIKE '____-%' AND regexp_full_match(published, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?')
        THEN try_cast(left(published, 10) AS DATE)
        WHEN regexp_full_match(published, '\d\d-\d\d-\d{4}') THEN try_strptime(published, '%d-%m-%Y')::DATE
        WHEN regexp_full_match(published, '\d{1,2}[-./]\d{1,2}[-./]\d{4}')
        THEN try_cast(regexp_replace(published, '(\d+)[-./](\d+)[-./](\d+)', '\3-\2-\1') AS DATE)
        WHEN regexp_full_match(published, '\d{1,2}\. ?[[:alpha:]æøåÆØÅ]+ \d{4}') THEN read.named_day(published)
    END::VARCHAR;
