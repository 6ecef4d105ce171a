-- Every shown figure with all that it was made of, as one line of JSON, in the order of the leaves of a hash tree whose
-- root stands in the ledger (figures_root of publication_made). What is withheld is empty here too.
-- kind: view
WITH told AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    period,
    {
      part_level: part_level, part_id: part_id, numerator: numerator, denominator: denominator, value: value,
      missing_reason: missing_reason, source_id: source_id, delivery_id: delivery_id,
      snapshot_sha256: snapshot_sha256, locator: locator
    } AS part
  FROM audit.figure_trace
),

added_up AS (
  SELECT agreement_id, indicator_id, area_id, period
  FROM mart.indicator_series
  WHERE added_up_from IS NOT NULL
),

part AS (
  -- Most figures are made of one row, and grouping those would take most of the room.
  SELECT told.* EXCLUDE (part), [part] AS parts
  FROM told
  ANTI JOIN added_up USING (agreement_id, indicator_id, area_id, period)
  UNION ALL
  -- Sorted field by field afterwards: an ordered aggregate takes ten times as long.
  SELECT told.* EXCLUDE (part), list_sort(list(part))
  FROM told
  SEMI JOIN added_up USING (agreement_id, indicator_id, area_id, period)
  GROUP BY ALL
),

leaf AS (
  SELECT
    series.agreement_id,
    series.indicator_id,
    series.area_id,
    series.period,
    to_json({
      agreement_id: series.agreement_id, indicator_id: series.indicator_id, area_id: series.area_id,
      period: series.period, kind: series.kind, unit: series.unit, numerator: series.numerator,
      denominator: series.denominator, value: series.value, low: series.low, high: series.high,
      missing_reason: series.missing_reason, added_up_from: series.added_up_from, is_synthetic: series.is_synthetic,
      definition_version: series.definition_version, parts: coalesce(part.parts, [])
    })::VARCHAR AS leaf
  FROM mart.indicator_series AS series
  LEFT JOIN part
    ON series.agreement_id = part.agreement_id AND series.indicator_id = part.indicator_id
    AND series.area_id = part.area_id AND series.period = part.period
)

SELECT
  row_number() OVER (ORDER BY agreement_id, indicator_id, area_id, period) AS leaf_number,
  *
FROM (SELECT *, sha256('leaf:' || leaf) AS leaf_digest FROM leaf)
