-- Agreements' totals, and figures of other larger units that were not delivered, made by adding the counts of their
-- parts, at the membership in force on the period's last day. Shares are never averaged: without the counts of every
-- part there is a reason, no figure.
WITH spoken_of AS (
  SELECT DISTINCT official_observation.indicator_id, period.period, period.period_end
  FROM core.official_observation
  INNER JOIN core.period ON official_observation.period = period.period
),

larger_unit AS (
  SELECT DISTINCT parent_level, parent_id
  FROM core.membership
),

-- What an agreement is made of directly and not by way of something between: its areas.
unit_between AS (
  SELECT *
  FROM core.membership
  SEMI JOIN (SELECT parent_level, parent_id FROM core.membership WHERE steps = 2) AS upper_unit
    ON membership.parent_level = upper_unit.parent_level AND membership.parent_id = upper_unit.parent_id
  WHERE steps = 1
),

delivered AS (
  SELECT
    indicator_id,
    period,
    unit_level,
    unit_id,
    CASE
      -- Nobody has no mean, and takes nothing from the sum.
      WHEN kind = 'mean' THEN denominator IS NULL OR (value IS NULL AND denominator > 0)
      WHEN kind = 'amount' THEN value IS NULL
      ELSE numerator IS NULL OR denominator IS NULL
    END AS lacks_counts
  FROM core.official_observation
  SEMI JOIN (FROM larger_unit UNION SELECT child_level, child_id FROM unit_between) AS unit
    ON official_observation.unit_level = unit.parent_level AND official_observation.unit_id = unit.parent_id
),

area_in_force AS (
  SELECT
    spoken_of.*,
    unit_between.parent_level,
    unit_between.parent_id,
    unit_between.child_level,
    unit_between.child_id
  FROM spoken_of
  INNER JOIN unit_between ON spoken_of.period_end BETWEEN unit_between.valid_from AND unit_between.valid_to
),

-- An area of which the catalogue names no departments would be left out of a sum of departments.
without_departments AS (
  SELECT area_in_force.*
  FROM area_in_force
  ANTI JOIN core.membership AS department
    ON area_in_force.child_level = department.parent_level
    AND area_in_force.child_id = department.parent_id
    AND area_in_force.period_end BETWEEN department.valid_from AND department.valid_to
),

-- Departments are added up to their agreement only where one of its areas did not come with its counts.
by_way_of_areas AS (
  SELECT DISTINCT area_in_force.* EXCLUDE (child_level, child_id)
  FROM area_in_force
  ANTI JOIN (FROM delivered WHERE NOT lacks_counts) AS delivered
    ON area_in_force.indicator_id = delivered.indicator_id
    AND area_in_force.period = delivered.period
    AND area_in_force.child_level = delivered.unit_level
    AND area_in_force.child_id = delivered.unit_id
  ANTI JOIN without_departments
    ON area_in_force.indicator_id = without_departments.indicator_id
    AND area_in_force.period = without_departments.period
    AND area_in_force.parent_level = without_departments.parent_level
    AND area_in_force.parent_id = without_departments.parent_id
),

-- Most figures of larger units are delivered, and adding all the others' parts besides takes ten times as long.
wanted AS (
  SELECT asked.*
  FROM (
    SELECT spoken_of.*, parent_level, parent_id, 1 AS steps
    FROM spoken_of
    CROSS JOIN larger_unit
    UNION ALL
    SELECT *, 2
    FROM by_way_of_areas
  ) AS asked
  -- A total is added up even where it was delivered: only then is it about the same areas in every period.
  ANTI JOIN (FROM delivered WHERE unit_level <> 'agreement') AS delivered
    ON asked.indicator_id = delivered.indicator_id
    AND asked.period = delivered.period
    AND asked.parent_level = delivered.unit_level
    AND asked.parent_id = delivered.unit_id
),

wanted_part AS (
  SELECT
    wanted.*,
    membership.child_level,
    membership.child_id
  FROM wanted
  INNER JOIN core.membership
    ON wanted.parent_level = membership.parent_level
    AND wanted.parent_id = membership.parent_id
    AND wanted.steps = membership.steps
    AND wanted.period_end BETWEEN membership.valid_from AND membership.valid_to
),

-- Mostly some hundred areas among thousands of departments: these are let go before anything is looked up.
wanted_observation AS (
  SELECT *
  FROM core.official_observation
  WHERE list_contains((SELECT list(DISTINCT child_level) FROM wanted_part), unit_level)
    -- Persons add up; an average income or a rate does not.
    AND (kind IN ('share', 'turnout', 'mean') OR (kind = 'amount' AND unit = 'persons'))
),

part AS (
  SELECT
    wanted_observation.*,
    wanted_part.parent_level,
    wanted_part.parent_id,
    wanted_part.steps
  FROM wanted_observation
  INNER JOIN wanted_part
    ON wanted_observation.indicator_id = wanted_part.indicator_id
    AND wanted_observation.period = wanted_part.period
    AND wanted_observation.unit_level = wanted_part.child_level
    AND wanted_observation.unit_id = wanted_part.child_id
),

expected AS (
  SELECT indicator_id, parent_level, parent_id, steps, period, count(*) AS parts_expected
  FROM wanted_part
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
    list(DISTINCT delivery_id ORDER BY delivery_id) AS delivery_ids,
    max(known_from) AS known_from,
    min(carried_over_because) AS carried_over_because,
    string_agg(DISTINCT corrected_because, '; ' ORDER BY corrected_because) AS corrected_because,
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
  CASE
    WHEN value IS NOT NULL THEN NULL
    WHEN is_complete AND summed.denominator = 0 THEN 'not_measured_in_this_period'
    ELSE coalesce(summed.missing_reason, 'not_delivered')
  END AS missing_reason,
  summed.note,
  summed.source_id,
  CASE WHEN first_delivery_id = last_delivery_id THEN first_delivery_id ELSE 'several' END AS delivery_id,
  summed.delivery_ids,
  summed.known_from,
  summed.carried_over_because,
  summed.corrected_because,
  summed.is_synthetic
FROM summed
INNER JOIN expected USING (indicator_id, parent_level, parent_id, steps, period)
