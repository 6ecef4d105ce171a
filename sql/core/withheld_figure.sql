-- Figures of areas, totals and municipalities that are withheld, here or by their source, also for one of their parts.
-- kind: scratch
SELECT
  reported_unit.agreement_id,
  reported_unit.area_id,
  figure.indicator_id,
  figure.period
FROM core.figure
INNER JOIN core.reported_unit
  ON figure.unit_level = reported_unit.unit_level AND figure.unit_id = reported_unit.unit_id
WHERE stat.is_withheld(figure.missing_reason)
