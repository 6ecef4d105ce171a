-- Where a row stands in what was received: 'figures.xlsx, Data!F17', 'figures.csv, line 12', 'district.json#/AfgivneStemmer'.
-- place is the reader's own text (NULL for lines of text); the file is left out where file_name is NULL.
CREATE OR REPLACE MACRO read.locator(file_name, place, first_line, row_number) AS
    CASE
        WHEN file_name IS NULL THEN coalesce(place, 'line ' || (first_line + row_number))
        WHEN starts_with(place, file_name) THEN place
        ELSE file_name || ', ' || coalesce(place, 'line ' || (first_line + row_number))
    END;
