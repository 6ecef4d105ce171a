-- Turnout by polling district, nested by election, newest first. A district is larger than any area: context only.
SELECT
  period,
  period_end,
  bool_or(is_synthetic) AS is_synthetic,
  list({
    'area': area,
    'numerator': numerator,
    'denominator': denominator,
    'value': value,
    'missing_reason': missing_reason,
    'is_synthetic': is_synthetic
  } ORDER BY area, area_id) AS districts
FROM figure
WHERE agreement_id = getvariable('agreement_id') AND area_level = 'polling_district' AND unit = 'fraction'
GROUP BY ALL
ORDER BY period_end DESC
