-- Spellings whose code leads to one unit and whose name leads to another.
SELECT unit_level, unit_code, unit_name, municipality_code
FROM prepared.unit
WHERE unit_id_by_code <> unit_id_by_name
