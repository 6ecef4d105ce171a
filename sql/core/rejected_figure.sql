-- Figures whose delivered row lies in quarantine, so that an empty cell can say so.
SELECT DISTINCT
  quarantined.indicator_id,
  quarantined.unit_level,
  unit_published_as.unit_id,
  quarantined.period
FROM raw.quarantined
INNER JOIN catalogue.unit_published_as
  ON quarantined.unit_level = unit_published_as.unit_level
  AND unit_published_as.published_as IN (lower(trim(quarantined.unit_code)), lower(trim(quarantined.unit_name)))
