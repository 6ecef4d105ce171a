-- A number, or NULL where it is none that one can count with: the texts 'nan' and 'inf' are not figures.
CREATE OR REPLACE MACRO read.finite(number) AS
    nullif(nullif(nullif(number, 'nan'::DOUBLE), 'inf'::DOUBLE), '-inf'::DOUBLE);
