-- A municipality's code with its three digits: '330' out of '330', '0330' or '330,0'; other texts stay as published.
CREATE OR REPLACE MACRO read.municipality_code(published) AS
    CASE WHEN regexp_full_match(published, '0?\d{3}') THEN right(published, 3) ELSE published END;
