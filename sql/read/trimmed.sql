-- A published text without blanks round it (also non-breaking ones); NULL where nothing is left.
CREATE OR REPLACE MACRO read.trimmed(published) AS nullif(trim(published, E' \t\n\r' || chr(160) || chr(8239)), '');
