-- A day as ISO text out of '30-09-2023', '30.09.2023', '30/9/2023', '30. september 2023', ISO date or timestamp; else NULL.
CREATE OR REPLACE MACRO read.day(published) AS
    CASE
        WHEN regexp_full_match(published, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?') THEN try_cast(left(published, 10) AS DATE)
        WHEN regexp_full_match(published, '\d{1,2}[-./]\d{1,2}[-./]\d{4}')
        THEN try_strptime(regexp_replace(published, '[./]', '-', 'g'), '%d-%m-%Y')::DATE
        WHEN regexp_full_match(published, '\d{1,2}\. ?\pL+ \d{4}') THEN read.named_day(published)
    END::VARCHAR;
