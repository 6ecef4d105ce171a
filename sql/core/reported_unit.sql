-- Whom the marts report on, per agreement: its areas, their total, the municipality and, as context,
-- polling districts and the ministry's areas of the same name.
SELECT
  agreement_id, 'area' AS area_level, area_id, area, area_number AS area_order, 'area' AS unit_level, area_id AS unit_id
FROM catalogue.area
UNION ALL
SELECT agreement_id, 'total', 'total', agreement || ' i alt', 1000, 'agreement', agreement_id
FROM catalogue.agreement
UNION ALL
SELECT agreement_id, 'municipality', 'municipality', municipality || ' Kommune', 2000, 'municipality', municipality_code
FROM catalogue.agreement
UNION ALL
SELECT
  agreement.agreement_id, 'polling_district', 'polling_district:' || membership.child_id, membership.child, 3000,
  'polling_district', membership.child_id
FROM catalogue.membership
INNER JOIN catalogue.agreement ON membership.parent_id = agreement.municipality_code
WHERE membership.child_level = 'polling_district'
UNION ALL
SELECT
  agreement_id, 'ministry_area', 'ministry_area:' || area_id, ministry_list_name || ' (ministeriets område)', 4000,
  'ministry_area', area_id
FROM catalogue.area
WHERE ministry_list_name IS NOT NULL
