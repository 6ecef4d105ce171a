-- The day in Denmark at a moment, which is kept in UTC: an hour later, or two from the last Sunday of March to that of
-- October, both changes at 01:00 UTC. In plain SQL, so that no extension is needed; `day_of` in warehouse/clock.py for Python.
CREATE OR REPLACE MACRO read.danish_day(moment) AS
    (moment + to_hours(
        CASE
            WHEN moment >= read.last_sunday(year(moment), 3) + INTERVAL 1 HOUR
                AND moment < read.last_sunday(year(moment), 10) + INTERVAL 1 HOUR THEN 2
            ELSE 1
        END
    ))::DATE;
