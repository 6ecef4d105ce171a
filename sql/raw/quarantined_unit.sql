-- The unit that a row in quarantine is about, by its code or its name; two where these are of two units.
-- kind: scratch
WITH found AS (
  SELECT delivery_id, row_number, unit_id_by_code, unit_id_by_name
  FROM read.with_unit('raw.quarantined')
)

SELECT delivery_id, row_number, unit_id_by_code AS unit_id
FROM found
WHERE unit_id_by_code IS NOT NULL
UNION
SELECT delivery_id, row_number, unit_id_by_name
FROM found
WHERE unit_id_by_name IS NOT NULL
