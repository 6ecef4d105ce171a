-- One row per agreement: who, where, when (also as decimal years, for the charts' axis).
SELECT
  *,
  year(period_from) + (dayofyear(period_from) - 1) / 365.25 AS from_year,
  year(period_to) + dayofyear(period_to) / 365.25 AS to_year
FROM catalogue.agreement
ORDER BY agreement, agreement_id
