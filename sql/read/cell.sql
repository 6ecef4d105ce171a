-- A published text without blanks round it (also non-breaking ones); NULL where nothing is left.
-- Nearly every text has none, and to look at its ends costs a tenth of trimming it.
CREATE OR REPLACE MACRO read.cell(published) AS
    CASE
        WHEN published >= '!' AND NOT (
            ends_with(published, ' ') OR ends_with(published, chr(160)) OR starts_with(published, chr(160))
            OR ends_with(published, chr(9)) OR ends_with(published, chr(10)) OR ends_with(published, chr(13))
        ) THEN published
        ELSE nullif(trim(published, chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239)), '')
    END;
