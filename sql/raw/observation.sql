-- One row per delivered row that its checks let through, with the unit that it is about.
-- kind: scratch
SELECT parsed.* EXCLUDE (municipality_code, unit_id_by_code, unit_id_by_name)
FROM read.with_unit('raw.parsed') AS parsed
ANTI JOIN raw.quarantined
  ON parsed.delivery_id = quarantined.delivery_id AND parsed.row_number = quarantined.row_number
