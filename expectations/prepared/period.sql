-- One row per indicator and period of the delivery: which kind of period is expected and found, its days, whose rows.
WITH delivered AS (
  SELECT
    indicator_id,
    period,
    bool_or(unit_level IN ('department', 'area', 'agreement')) AS has_area,
    bool_or(unit_level = 'municipality') AS has_municipality
  FROM reading
  GROUP BY ALL
)

SELECT
  delivered.*,
  (row_number() OVER (ORDER BY delivered.indicator_id, delivered.period))::INTEGER AS period_key,
  indicator.kind,
  indicator.period_kind AS expected_kind,
  read.period_kind(delivered.period) AS found_kind,
  read.period_start(delivered.period) AS first_day,
  read.period_end(delivered.period) AS last_day
FROM delivered
LEFT JOIN catalogue.indicator ON delivered.indicator_id = indicator.indicator_id
