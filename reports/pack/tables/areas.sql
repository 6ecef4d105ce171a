-- Every area that figures are about, by the names that every table and paper uses.
SELECT DISTINCT agreement_id, area_level, area_id, area
FROM mart.indicator_series
ORDER BY agreement_id, area_level, area_id
