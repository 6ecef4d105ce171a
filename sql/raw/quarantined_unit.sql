-- The unit that a row in quarantine is about, by its code or its name; two where these are of two units.
-- kind: scratch
SELECT DISTINCT
  quarantined.delivery_id,
  quarantined.row_number,
  unit_published_as.unit_id
FROM raw.quarantined
INNER JOIN catalogue.unit_published_as
  ON quarantined.unit_level = unit_published_as.unit_level
  AND unit_published_as.published_as IN (lower(trim(quarantined.unit_code)), lower(trim(quarantined.unit_name)))
  AND quarantined.municipality_code IS NOT DISTINCT FROM unit_published_as.municipality_code
