-- One row per period that any delivery speaks or, before it was rejected, spoke of: its kind and its first and last day.
WITH spoken_of AS (
  SELECT period
  FROM raw.parsed
  WHERE period IS NOT NULL
  UNION
  SELECT period
  FROM raw.published_before
  WHERE period IS NOT NULL
)

SELECT
  period,
  read.period_kind(period) AS period_kind,
  read.period_start(period) AS period_start,
  read.period_end(period) AS period_end
FROM spoken_of
