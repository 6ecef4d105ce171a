-- The agreement's housing areas, by the names that every table and paper uses.
SELECT agreement_id, area_id, area
FROM catalogue.area
ORDER BY agreement_id, area_number
