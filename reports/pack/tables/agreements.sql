-- The agreements that the pack documents.
SELECT agreement_id, agreement, municipality, period_from, period_to
FROM catalogue.agreement
ORDER BY agreement_id
