-- Figures that lack because a delivered row lies in quarantine, their own or that of one of their parts, so that an
-- empty cell can say so. A row that came well in another delivery counts as delivered.
WITH came_well AS (
  SELECT official_observation.*
  FROM core.official_observation
  SEMI JOIN raw.quarantined
    ON official_observation.indicator_id = quarantined.indicator_id
    AND official_observation.unit_level = quarantined.unit_level
    AND official_observation.period = quarantined.period
),

rejected AS (
  SELECT DISTINCT
    quarantined.indicator_id,
    quarantined.unit_level,
    quarantined_unit.unit_id,
    quarantined.period
  FROM raw.quarantined
  INNER JOIN raw.quarantined_unit
    ON quarantined.delivery_id = quarantined_unit.delivery_id
    AND quarantined.row_number = quarantined_unit.row_number
  ANTI JOIN came_well AS official_observation
    ON quarantined.indicator_id = official_observation.indicator_id
    AND quarantined.unit_level = official_observation.unit_level
    AND quarantined_unit.unit_id = official_observation.unit_id
    AND quarantined.period = official_observation.period
)

FROM rejected
UNION
SELECT
  rejected.indicator_id,
  membership.parent_level,
  membership.parent_id,
  rejected.period
FROM rejected
INNER JOIN core.period ON rejected.period = period.period
INNER JOIN core.membership
  ON rejected.unit_level = membership.child_level
  AND rejected.unit_id = membership.child_id
  AND period.period_end BETWEEN membership.valid_from AND membership.valid_to
