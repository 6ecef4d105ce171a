-- Rows of deliveries that are no longer in force and that an earlier publication showed: readers still have them.
-- kind: scratch
SELECT * EXCLUDE (municipality_code, unit_id_by_code, unit_id_by_name)
FROM read.with_unit('raw.published_before')
