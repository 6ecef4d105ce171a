-- The names of the sources whose figures are real (false) and synthetic (true); of a source that has both,
-- the parts are named.
WITH part AS (
  SELECT
    source_id,
    is_synthetic,
    string_agg(part_id, ', ' ORDER BY part_id) AS parts
  FROM mart.freshness
  WHERE last_good_delivery_id IS NOT NULL
  GROUP BY ALL
),

mixed AS (
  SELECT
    *,
    count(*) OVER (PARTITION BY source_id) > 1 AS has_both
  FROM part
)

SELECT
  mixed.is_synthetic,
  list(source.source || CASE WHEN has_both THEN ' (' || parts || ')' ELSE '' END ORDER BY source.source_id) AS names,
  list(source.source_en || CASE WHEN has_both THEN ' (' || parts || ')' ELSE '' END ORDER BY source.source_id)
    AS names_en
FROM mixed
INNER JOIN catalogue.source USING (source_id)
GROUP BY ALL
ORDER BY mixed.is_synthetic
