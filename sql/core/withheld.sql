-- Rows of core.observation whose figures are withheld here, for their own small counts or because others could be
-- computed from them. Which of the two is not told: a count that is known to be small is known to within a few persons.
SELECT * EXCLUDE (role)
FROM raw.withheld
