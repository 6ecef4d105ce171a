-- A published text without blanks round it (also non-breaking ones); NULL where nothing is left.
CREATE OR REPLACE MACRO read.cell(published) AS
    nullif(trim(published, chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(8239)), '');
