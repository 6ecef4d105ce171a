-- Rows of an area or an agreement whose counts differ from the sum of their parts' counts in the same delivery:
-- departments against their area, areas against their agreement; only where every part comes with its counts.
WITH term AS (
  SELECT
    child_level,
    child_id,
    parent_level,
    parent_id,
    coalesce(valid_from, DATE '0001-01-01') AS valid_from,
    coalesce(valid_to, DATE '9999-12-31') AS valid_to
  FROM catalogue.membership
),

-- How many parts a total has on the last day of its period.
expected AS (
  SELECT
    total.*,
    sum(term.parts) AS parts
  FROM prepared.published_total AS total
  INNER JOIN (
    SELECT parent_level, parent_id, valid_from, valid_to, count(*) AS parts
    FROM term
    GROUP BY ALL
  ) AS term
    ON total.unit_level = term.parent_level AND total.unit_id = term.parent_id
    AND total.last_day BETWEEN term.valid_from AND term.valid_to
  GROUP BY ALL
),

part AS (
  SELECT DISTINCT unit.unit_key, term.parent_level, term.parent_id, term.valid_from, term.valid_to
  FROM prepared.unit AS unit
  INNER JOIN term ON unit.unit_level = term.child_level AND unit.unit_id = term.child_id
  SEMI JOIN prepared.published_total AS total
    ON term.parent_level = total.unit_level AND term.parent_id = total.unit_id
),

delivered AS (
  SELECT
    part.parent_level,
    part.parent_id,
    part.valid_from,
    part.valid_to,
    keyed_row.period_key,
    count(*) AS parts,
    sum(keyed_row.numerator) AS numerators,
    count(keyed_row.numerator) AS with_numerator,
    sum(keyed_row.denominator) AS denominators,
    count(keyed_row.denominator) AS with_denominator,
    sum(coalesce(keyed_row.value, keyed_row.numerator)) AS amounts,
    count(coalesce(keyed_row.value, keyed_row.numerator)) AS with_amount
  FROM prepared.keyed_row
  INNER JOIN part ON keyed_row.unit_key = part.unit_key
  GROUP BY ALL
)

SELECT expected.row_number
FROM expected
INNER JOIN delivered
  ON expected.unit_level = delivered.parent_level AND expected.unit_id = delivered.parent_id
  AND expected.period_key = delivered.period_key
  AND expected.last_day BETWEEN delivered.valid_from AND delivered.valid_to
GROUP BY expected.row_number, expected.is_amount, expected.numerator, expected.denominator, expected.parts
HAVING sum(delivered.parts) = expected.parts
  AND CASE
    WHEN expected.is_amount
      THEN sum(with_amount) = expected.parts AND abs(sum(amounts) - expected.numerator) > 0.5
    ELSE (sum(with_numerator) = expected.parts AND abs(sum(numerators) - expected.numerator) > 0.5)
      OR (sum(with_denominator) = expected.parts AND abs(sum(denominators) - expected.denominator) > 0.5)
  END
