-- The baseline period of each agreement and indicator: the one that the agreement names; else the one that was sealed
-- when it was first published; else the latest that ended before the agreement began and had been published by
-- then (by the indicator's usual lag).
WITH candidate AS (
  SELECT
    agreement.agreement_id,
    indicator.indicator_id,
    figure.period,
    period.period_end
  FROM catalogue.agreement
  INNER JOIN core.reported_unit
    ON agreement.agreement_id = reported_unit.agreement_id
    AND reported_unit.area_level IN ('area', 'total', 'municipality')
  INNER JOIN core.figure
    ON reported_unit.unit_level = figure.unit_level AND reported_unit.unit_id = figure.unit_id
  INNER JOIN catalogue.indicator ON figure.indicator_id = indicator.indicator_id AND indicator.role = 'fixed'
  INNER JOIN core.period ON figure.period = period.period
  WHERE figure.value IS NOT NULL
    AND period.period_end < agreement.period_from
    AND period.period_end + to_months(indicator.publication_lag_months) <= agreement.period_from
),

by_rule AS (
  SELECT
    agreement_id,
    indicator_id,
    arg_max(period, period_end) AS period
  FROM candidate
  GROUP BY ALL
),

-- What was sealed stays the baseline, whatever is delivered, left out or dated otherwise later.
sealed AS (
  SELECT
    agreement_id,
    indicator_id,
    arg_min(period, sequence) AS period
  FROM core.sealed_baseline
  GROUP BY ALL
),

chosen AS (
  SELECT
    coalesce(sealed.agreement_id, by_rule.agreement_id) AS agreement_id,
    coalesce(sealed.indicator_id, by_rule.indicator_id) AS indicator_id,
    coalesce(sealed.period, by_rule.period) AS period
  FROM by_rule
  FULL JOIN sealed ON by_rule.agreement_id = sealed.agreement_id AND by_rule.indicator_id = sealed.indicator_id
)

SELECT
  coalesce(named.agreement_id, chosen.agreement_id) AS agreement_id,
  coalesce(named.indicator_id, chosen.indicator_id) AS indicator_id,
  coalesce(named.period, chosen.period) AS period,
  CASE WHEN named.period IS NULL THEN 'rule' ELSE 'agreement' END AS chosen_by,
  coalesce(named.because, 'latest period that ended and was published before the agreement began') AS because
FROM chosen
FULL JOIN catalogue.baseline AS named
  ON chosen.agreement_id = named.agreement_id AND chosen.indicator_id = named.indicator_id
