-- Agreements' totals, and figures of other larger units that were not delivered, made by adding the counts of their
-- parts, at the membership in force on the period's last day. Shares are never averaged: without the counts of every part there is a reason, no figure.
WITH larger_unit AS (
  SELECT DISTINCT parent_level, parent_id
  FROM core.membership
),

delivered AS (
  SELECT indicator_id, period, unit_level, unit_id
  FROM core.official_observation
  SEMI JOIN larger_unit
    ON official_observation.unit_level = larger_unit.parent_level
    AND official_observation.unit_id = larger_unit.parent_id
  -- A total is added up even where it was delivered: only then is it about the same areas in every period.
  WHERE official_observation.unit_level <> 'agreement'
),

-- Most figures of larger units are delivered, and adding all the others' parts besides takes ten times as long.
wanted AS (
  SELECT
    spoken_of.indicator_id,
    spoken_of.period,
    larger_unit.parent_level,
    larger_unit.parent_id
  FROM (SELECT DISTINCT indicator_id, period FROM core.official_observation) AS spoken_of
  CROSS JOIN larger_unit
  ANTI JOIN delivered
    ON spoken_of.indicator_id = delivered.indicator_id
    AND spoken_of.period = delivered.period
    AND larger_unit.parent_level = delivered.unit_level
    AND larger_unit.parent_id = delivered.unit_id
),

part AS (
  SELECT
    official_observation.*,
    membership.parent_level,
    membership.parent_id,
    membership.steps
  FROM core.official_observation
  INNER JOIN core.period ON official_observation.period = period.period
  INNER JOIN core.membership
    ON official_observation.unit_level = membership.child_level
    AND official_observation.unit_id = membership.child_id
    AND period.period_end BETWEEN membership.valid_from AND membership.valid_to
  INNER JOIN wanted
    ON official_observation.indicator_id = wanted.indicator_id
    AND official_observation.period = wanted.period
    AND membership.parent_level = wanted.parent_level
    AND membership.parent_id = wanted.parent_id
  -- Persons add up; an average income or a rate does not.
  WHERE official_observation.kind IN ('share', 'turnout', 'mean')
    OR (official_observation.kind = 'amount' AND official_observation.unit = 'persons')
),

expected AS (
  SELECT
    membership.parent_level,
    membership.parent_id,
    membership.steps,
    period.period,
    count(*) AS parts_expected
  FROM core.membership
  INNER JOIN core.period ON period.period_end BETWEEN membership.valid_from AND membership.valid_to
  SEMI JOIN wanted
    ON membership.parent_level = wanted.parent_level
    AND membership.parent_id = wanted.parent_id
    AND period.period = wanted.period
  GROUP BY ALL
),

summed AS (
  SELECT
    indicator_id,
    kind,
    parent_level,
    parent_id,
    period,
    steps,
    min(unit_level) AS part_level,
    count(*) AS parts_delivered,
    count(*) FILTER (
      CASE
        -- Nobody has no mean, and takes nothing from the sum.
        WHEN kind = 'mean' THEN denominator IS NULL OR (value IS NULL AND denominator > 0)
        WHEN kind = 'amount' THEN value IS NULL
        ELSE numerator IS NULL OR denominator IS NULL
      END
    ) AS parts_without_counts,
    sum(numerator) AS numerator,
    sum(denominator) AS denominator,
    sum(value) AS total_value,
    -- Added as decimals, so that rows may come in any order and the last digit stays the same.
    sum((value * denominator)::DECIMAL(38, 12)) FILTER (kind = 'mean')::DOUBLE / nullif(sum(denominator), 0)
      AS pooled_mean,
    sum((coalesce(standard_deviation, 0) ^ 2 * (denominator - 1) + value ^ 2 * denominator)::DECIMAL(38, 12))
      FILTER (kind = 'mean')::DOUBLE AS squares,
    count(*) FILTER (standard_deviation IS NULL AND denominator > 1) AS parts_without_spread,
    min(missing_reason) AS missing_reason,
    min(delivery_id) AS first_delivery_id,
    max(delivery_id) AS last_delivery_id,
    max(known_from) AS known_from,
    bool_or(is_synthetic) AS is_synthetic,
    min(note) AS note,
    min(source_id) AS source_id
  FROM part
  GROUP BY ALL
)

SELECT
  summed.indicator_id,
  summed.parent_level AS unit_level,
  summed.parent_id AS unit_id,
  summed.period,
  summed.part_level,
  summed.steps,
  summed.parts_delivered = expected.parts_expected AND summed.parts_without_counts = 0 AS is_complete,
  CASE WHEN is_complete AND kind IN ('share', 'turnout') THEN summed.numerator END AS numerator,
  CASE WHEN is_complete THEN summed.denominator END AS denominator,
  CASE
    WHEN NOT is_complete THEN NULL
    WHEN kind = 'mean' THEN pooled_mean
    WHEN kind = 'amount' THEN total_value
    ELSE summed.numerator / nullif(summed.denominator, 0)
  END AS value,
  CASE
    WHEN is_complete AND kind = 'mean' AND parts_without_spread = 0 AND summed.denominator > 1
      THEN sqrt(greatest(0, (squares - summed.denominator * pooled_mean ^ 2) / (summed.denominator - 1)))
  END AS standard_deviation,
  CASE WHEN value IS NULL THEN coalesce(summed.missing_reason, 'not_delivered') END AS missing_reason,
  summed.note,
  summed.source_id,
  CASE WHEN first_delivery_id = last_delivery_id THEN first_delivery_id ELSE 'several' END AS delivery_id,
  summed.known_from,
  summed.is_synthetic
FROM summed
INNER JOIN expected USING (parent_level, parent_id, steps, period)
