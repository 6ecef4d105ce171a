-- What is known now: of each figure the release of the newest approved delivery of its source.
-- kind: view
SELECT * EXCLUDE (is_current, known_until)
FROM core.observation
WHERE is_current
