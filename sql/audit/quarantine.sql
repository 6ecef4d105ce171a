-- Every delivered row that a check rejected, with its place in the received file and the reason; its numbers and what
-- they say are left out where they are small or stand beside withheld figures (is_withheld).
WITH family AS (
  SELECT DISTINCT child_level AS unit_level, child_id AS unit_id, parent_level, parent_id
  FROM core.membership
  WHERE steps = 1
),

-- Of what is withheld few is of an indicator and a period that a rejected row speaks of.
withheld AS (
  SELECT DISTINCT indicator_id, period, unit_level, unit_id
  FROM core.withheld
  SEMI JOIN raw.quarantined USING (indicator_id, period)
),

-- A withheld figure's own cell, the units that it is added up with and into, and those that it is made of.
beside_withheld AS (
  FROM withheld
  UNION
  SELECT withheld.indicator_id, withheld.period, sibling.unit_level, sibling.unit_id
  FROM withheld
  INNER JOIN family ON withheld.unit_level = family.unit_level AND withheld.unit_id = family.unit_id
  INNER JOIN family AS sibling ON family.parent_level = sibling.parent_level AND family.parent_id = sibling.parent_id
  UNION
  SELECT withheld.indicator_id, withheld.period, family.parent_level, family.parent_id
  FROM withheld
  INNER JOIN family ON withheld.unit_level = family.unit_level AND withheld.unit_id = family.unit_id
  UNION
  SELECT withheld.indicator_id, withheld.period, family.unit_level, family.unit_id
  FROM withheld
  INNER JOIN family ON withheld.unit_level = family.parent_level AND withheld.unit_id = family.parent_id
),

judged AS (
  SELECT
    quarantined.delivery_id,
    quarantined.row_number,
    bool_or(
      coalesce(source.disclosure_applies, false) AND (
        stat.is_small_count(
          coalesce(indicator.kind, 'share'), quarantined.numerator, quarantined.denominator, quarantined.value,
          source.disclosure_limit, source.minimum_denominator
        )
        -- A share alone: how many it is of is not looked up for a row that counts nowhere.
        OR (
          quarantined.numerator IS NULL AND quarantined.denominator IS NULL
          AND quarantined.unit_level IN ('department', 'area', 'agreement')
          AND stat.tells_small_count(coalesce(indicator.kind, 'share'), quarantined.value, NULL, source.protection_width)
        )
        OR (quarantined.unit_level = 'department' AND stat.is_withheld(quarantined.missing_reason))
        OR beside_withheld.indicator_id IS NOT NULL
      )
    ) AS is_withheld
  FROM raw.quarantined
  LEFT JOIN ledger.delivery ON quarantined.delivery_id = delivery.delivery_id
  LEFT JOIN catalogue.source ON delivery.source_id = source.source_id
  LEFT JOIN catalogue.indicator ON quarantined.indicator_id = indicator.indicator_id
  LEFT JOIN raw.quarantined_unit
    ON quarantined.delivery_id = quarantined_unit.delivery_id
    AND quarantined.row_number = quarantined_unit.row_number
  LEFT JOIN beside_withheld
    ON quarantined.indicator_id = beside_withheld.indicator_id
    AND quarantined.period = beside_withheld.period
    AND quarantined.unit_level = beside_withheld.unit_level
    AND quarantined_unit.unit_id = beside_withheld.unit_id
  GROUP BY ALL
)

SELECT
  quarantined.* REPLACE (
    CASE WHEN NOT is_withheld THEN numerator END AS numerator,
    CASE WHEN NOT is_withheld THEN denominator END AS denominator,
    CASE WHEN NOT is_withheld THEN value END AS value,
    CASE WHEN NOT is_withheld THEN standard_deviation END AS standard_deviation,
    CASE WHEN NOT is_withheld THEN design_effect END AS design_effect,
    CASE WHEN NOT is_withheld THEN response_rate END AS response_rate,
    CASE WHEN NOT is_withheld THEN wording END AS wording,
    CASE WHEN NOT is_withheld THEN note END AS note,
    CASE WHEN NOT is_withheld THEN sign END AS sign,
    CASE WHEN NOT is_withheld THEN unreadable END AS unreadable,
    CASE WHEN NOT is_withheld THEN found END AS found
  ),
  is_withheld,
  quarantine_state.* EXCLUDE (delivery_id, row_number)
FROM raw.quarantined
INNER JOIN judged USING (delivery_id, row_number)
LEFT JOIN audit.quarantine_state USING (delivery_id, row_number)
