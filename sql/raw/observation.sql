-- One row per delivered row that its checks let through, with the unit that it is about.
-- kind: scratch
SELECT
  parsed.* EXCLUDE (municipality_code),
  coalesce(by_code.unit_id, by_name.unit_id) AS unit_id
FROM raw.parsed
LEFT JOIN catalogue.unit_published_as AS by_code
  ON parsed.unit_level = by_code.unit_level AND lower(trim(parsed.unit_code)) = by_code.published_as
LEFT JOIN catalogue.unit_published_as AS by_name
  ON parsed.unit_level = by_name.unit_level AND lower(trim(parsed.unit_name)) = by_name.published_as
ANTI JOIN raw.quarantined
  ON parsed.delivery_id = quarantined.delivery_id AND parsed.row_number = quarantined.row_number
