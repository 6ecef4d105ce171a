-- Whether a share (or mean) without its counts may tell a count of few persons: of a unit with so many persons the
-- counts that fit it lie within `protection_width` of one another, or nobody says how many there are. Of a share, 0 and
-- what leaves nobody out are no counts of few, and both sides must hold. NULL `persons` means that it is not known.
CREATE OR REPLACE MACRO stat.tells_small_count(kind, value, persons, protection_width) AS CASE
  WHEN value IS NULL THEN false
  WHEN kind NOT IN ('share', 'turnout', 'mean') THEN false
  WHEN kind = 'mean' THEN coalesce(persons < protection_width + 1, true)
  WHEN value = 0 THEN false
  ELSE coalesce(persons * if(value < 1, least(value, 1 - value), 1) < protection_width + 1, true)
END;
