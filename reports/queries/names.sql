-- What the ids in a check's finding are called.
SELECT indicator_id AS id, short_name AS name, short_name_en AS name_en
FROM catalogue.indicator
UNION ALL
SELECT area_id, area, area
FROM catalogue.area
UNION ALL
SELECT agreement_id, agreement, agreement
FROM catalogue.agreement
UNION
SELECT municipality_code, municipality, municipality
FROM catalogue.agreement
