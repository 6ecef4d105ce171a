-- The duty to follow up: per indicator, whether, when, on which publication, by which meeting, or why not.
SELECT duty.*, left(publication.digest, 16) AS publication_digest
FROM audit.duty
LEFT JOIN (SELECT body ->> 'publication_id' AS publication_id, digest FROM ledger.entry WHERE kind = 'publication_made')
  AS publication USING (publication_id)
WHERE year = $year
ORDER BY agreement_id, indicator_number, indicator_id
