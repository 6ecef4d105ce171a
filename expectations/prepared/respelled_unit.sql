-- Spellings of the units that the delivery spells in more than one way: their rows must be held together by the unit.
SELECT
  unit_level,
  unit_code,
  unit_name,
  'the unit ' || unit_id AS unit
FROM prepared.unit
WHERE unit_id IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY unit_level, unit_id) > 1
