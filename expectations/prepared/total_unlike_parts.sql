-- Rows of an area or an agreement whose counts differ from the sum of their parts' counts in the same delivery:
-- departments against their area, areas against their agreement; only where every part comes with its counts.
WITH term AS (
  SELECT
    parent_level,
    parent_id,
    coalesce(valid_from, DATE '0001-01-01') AS valid_from,
    coalesce(valid_to, DATE '9999-12-31') AS valid_to,
    count(*) AS parts
  FROM catalogue.membership
  GROUP BY ALL
),

-- How many parts a total has on the last day of its period.
expected AS (
  SELECT
    total.*,
    sum(term.parts) AS parts
  FROM prepared.published_total AS total
  INNER JOIN term
    ON total.unit_level = term.parent_level AND total.unit_id = term.parent_id
    AND total.last_day BETWEEN term.valid_from AND term.valid_to
  GROUP BY ALL
),

member AS (
  SELECT
    unit.unit_level,
    unit.unit_code,
    unit.unit_name,
    membership.parent_level,
    membership.parent_id,
    coalesce(membership.valid_from, DATE '0001-01-01') AS valid_from,
    coalesce(membership.valid_to, DATE '9999-12-31') AS valid_to
  FROM prepared.unit AS unit
  INNER JOIN catalogue.membership
    ON unit.unit_level = membership.child_level AND unit.unit_id = membership.child_id
  SEMI JOIN prepared.published_total AS total
    ON membership.parent_level = total.unit_level AND membership.parent_id = total.unit_id
),

delivered AS (
  SELECT
    member.parent_level,
    member.parent_id,
    member.valid_from,
    member.valid_to,
    reading.indicator_id,
    reading.period,
    count(*) AS parts,
    sum(reading.numerator) AS numerators,
    count(reading.numerator) AS with_numerator,
    sum(reading.denominator) AS denominators,
    count(reading.denominator) AS with_denominator,
    sum(coalesce(reading.value, reading.numerator)) AS amounts,
    count(coalesce(reading.value, reading.numerator)) AS with_amount
  FROM reading
  INNER JOIN member
    ON reading.unit_level IS NOT DISTINCT FROM member.unit_level
    AND reading.unit_code IS NOT DISTINCT FROM member.unit_code
    AND reading.unit_name IS NOT DISTINCT FROM member.unit_name
  GROUP BY ALL
)

SELECT expected.row_number
FROM expected
INNER JOIN delivered
  ON expected.unit_level = delivered.parent_level AND expected.unit_id = delivered.parent_id
  AND expected.indicator_id = delivered.indicator_id AND expected.period = delivered.period
  AND expected.last_day BETWEEN delivered.valid_from AND delivered.valid_to
GROUP BY expected.row_number, expected.is_amount, expected.numerator, expected.denominator, expected.parts
HAVING sum(delivered.parts) = expected.parts
  AND CASE
    WHEN expected.is_amount
      THEN sum(with_amount) = expected.parts AND abs(sum(amounts) - expected.numerator) > 0.5
    ELSE (sum(with_numerator) = expected.parts AND abs(sum(numerators) - expected.numerator) > 0.5)
      OR (sum(with_denominator) = expected.parts AND abs(sum(denominators) - expected.denominator) > 0.5)
  END
