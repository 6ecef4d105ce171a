-- The baseline figure of every area, total and municipality: as it is now (as revised), as it was signed, and why the two
-- differ. What has never been published is signed with this publication, which seals it in the ledger.
WITH now_and_then AS (
  SELECT
    baseline.agreement_id,
    baseline.indicator_id,
    reported_unit.area_id,
    baseline.period,
    figure.value,
    figure.numerator,
    figure.denominator,
    stat.is_withheld(figure.missing_reason) AS is_withheld,
    coalesce(earlier_definition.definition_version, indicator.definition_version) AS definition_version,
    figure.delivery_id,
    figure.known_from,
    figure.corrected_because,
    sealed.period AS sealed_period,
    sealed.value AS sealed_value,
    sealed.signed_at,
    sealed.period IS NOT NULL AS is_sealed,
    -- A sum written as text and read again is the same to the last digit but one.
    sealed.period <> baseline.period OR figure.value IS NULL OR abs(figure.value - sealed.value) > 1e-12
      OR figure.numerator IS DISTINCT FROM sealed.numerator OR figure.denominator IS DISTINCT FROM sealed.denominator
      AS is_revised,
    CASE
      WHEN sealed.period <> baseline.period
        OR sealed.definition_version <> coalesce(earlier_definition.definition_version, indicator.definition_version)
        THEN 'method_change'
      WHEN figure.corrected_because IS DISTINCT FROM sealed.corrected_because AND figure.value IS NOT NULL
        THEN 'correction'
      WHEN figure.delivery_id <> sealed.delivery_id OR figure.known_from <> sealed.known_from OR figure.value IS NULL
        THEN 'new_delivery'
      ELSE 'own_fault'
    END AS revised_because
  FROM core.baseline
  INNER JOIN catalogue.indicator ON baseline.indicator_id = indicator.indicator_id
  INNER JOIN core.reported_unit
    ON baseline.agreement_id = reported_unit.agreement_id
    AND reported_unit.area_level IN ('area', 'total', 'municipality')
  LEFT JOIN core.figure
    ON reported_unit.unit_level = figure.unit_level AND reported_unit.unit_id = figure.unit_id
    AND baseline.indicator_id = figure.indicator_id AND baseline.period = figure.period
  LEFT JOIN core.earlier_definition
    ON figure.indicator_id = earlier_definition.indicator_id AND figure.known_from = earlier_definition.known_from
  LEFT JOIN core.sealed_baseline AS sealed
    ON baseline.agreement_id = sealed.agreement_id AND baseline.indicator_id = sealed.indicator_id
    AND reported_unit.area_id = sealed.area_id
)

SELECT
  agreement_id,
  indicator_id,
  area_id,
  period,
  value,
  numerator,
  denominator,
  definition_version,
  delivery_id,
  known_from,
  corrected_because,
  is_sealed,
  -- What is withheld today is not shown as it once was either.
  CASE
    WHEN is_withheld THEN NULL
    WHEN is_sealed THEN sealed_value
    ELSE value
  END AS value_as_signed,
  CASE WHEN is_sealed THEN sealed_period WHEN value IS NOT NULL THEN period END AS period_as_signed,
  CASE WHEN is_sealed THEN signed_at WHEN value IS NOT NULL THEN build.as_of END AS signed_at,
  CASE WHEN is_sealed AND is_revised AND NOT is_withheld THEN revised_because END AS revised_because
FROM now_and_then
CROSS JOIN ledger.build
