-- A period in its one canonical form, NULL where the text names none: '2023', '2022/2023' (school year), '2023-09-30'
-- (day), '2021-wave' (survey), 'KV-2021-11-16' and 'FV-2022-11-01' (municipal and general election), 'as_signed'.
CREATE OR REPLACE MACRO read.period(published) AS
    CASE
        WHEN length(published) = 4 THEN CASE WHEN regexp_full_match(published, '(19|20|21)\d\d') THEN published END
        WHEN published LIKE '____/%' AND regexp_full_match(published, '\d{4}/(\d\d|\d{4})') THEN read.school_year(published)
        WHEN published = 'as_signed' THEN published
        WHEN ends_with(published, '-wave') AND regexp_full_match(published, '(19|20|21)\d\d-wave') THEN published
        -- Digits sort before letters: what begins with one names no election.
        ELSE CASE
            WHEN published < 'A' THEN ''
            WHEN regexp_matches(published, '^(?i:KV|kommunalvalg)\b') THEN 'KV-'
            WHEN regexp_matches(published, '^(?i:FV|folketingsvalg)\b') THEN 'FV-'
            ELSE ''
        END || read.day(
            CASE
                WHEN published < 'A' THEN published
                ELSE regexp_replace(published, '^(?i:KV|kommunalvalg|FV|folketingsvalg)\b[\s-]*', '')
            END
        )
    END;
