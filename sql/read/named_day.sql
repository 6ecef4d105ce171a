-- The date of '30. september 2023'; NULL where the month's name is unknown or the day does not exist.
CREATE OR REPLACE MACRO read.named_day(published) AS
    try_strptime(
        regexp_extract(published, '^(\d+)', 1) || '-' || list_position(
            ['jan', 'feb', 'mar', 'apr', 'maj', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec'],
            left(lower(regexp_extract(published, '\. ?(\S+) ', 1)), 3)
        ) || '-' || right(published, 4),
        '%d-%m-%Y'
    )::DATE;
