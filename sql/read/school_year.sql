-- '2022/23' or '2022/2023' as '2022/2023'; NULL where the second year does not follow the first.
CREATE OR REPLACE MACRO read.school_year(published) AS
    CASE
        WHEN right((left(published, 4)::INTEGER + 1)::VARCHAR, length(published) - 5) = substr(published, 6)
        THEN left(published, 4) || '/' || (left(published, 4)::INTEGER + 1)
    END;
