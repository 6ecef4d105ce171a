-- Rows whose denominator is larger than the number of residents that the same unit had in the same year.
-- Only units whose largest denominator passes their smallest number of residents are looked at row by row.
WITH numbered AS NOT MATERIALIZED (
  SELECT
    keyed_row.row_number,
    keyed_row.unit_key,
    year(period.last_day) AS period_year,
    CASE WHEN period.indicator_id <> 'residents' THEN keyed_row.denominator END AS denominator,
    CASE WHEN period.indicator_id = 'residents' THEN coalesce(keyed_row.value, keyed_row.numerator) END AS residents
  FROM prepared.keyed_row
  INNER JOIN prepared.period ON keyed_row.period_key = period.period_key
),

suspected AS (
  SELECT *
  FROM numbered
  WHERE unit_key IN (
    SELECT unit_key
    FROM numbered
    GROUP BY ALL
    HAVING max(denominator) > min(residents) FILTER (residents >= 0)
  )
),

residents AS (
  SELECT unit_key, period_year, max(residents) AS residents
  FROM suspected
  WHERE residents >= 0
  GROUP BY ALL
)

SELECT suspected.row_number
FROM suspected
INNER JOIN residents
  ON suspected.unit_key = residents.unit_key AND suspected.period_year = residents.period_year
WHERE suspected.denominator > residents.residents
