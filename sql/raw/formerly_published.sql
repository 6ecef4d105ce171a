-- Rows of deliveries that are no longer in force and that an earlier publication showed: readers still have them.
-- kind: scratch
SELECT
  published_before.* EXCLUDE (municipality_code),
  coalesce(by_code.unit_id, by_name.unit_id) AS unit_id
FROM raw.published_before
LEFT JOIN catalogue.unit_published_as AS by_code
  ON published_before.unit_level = by_code.unit_level
  AND lower(trim(published_before.unit_code)) = by_code.published_as
  AND published_before.municipality_code IS NOT DISTINCT FROM by_code.municipality_code
LEFT JOIN catalogue.unit_published_as AS by_name
  ON published_before.unit_level = by_name.unit_level
  AND lower(trim(published_before.unit_name)) = by_name.published_as
  AND published_before.municipality_code IS NOT DISTINCT FROM by_name.municipality_code
