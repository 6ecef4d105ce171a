-- Rows of core.observation whose figures are withheld, for their own small counts, because others could be computed from
-- them, or (departments) by their source. Which of these is not told: a count that is known to be small is known to
-- within a few persons.
SELECT * EXCLUDE (role)
FROM raw.withheld
