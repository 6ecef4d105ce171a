-- One figure explained: a sentence in Danish and in English, its formula with the numbers, the cells that it came from,
-- the checks of their deliveries, who received and approved them, what was revised, its definition, and why it is empty
-- if it is. FROM audit.explain('sigtede', 'Ringparken'), or with a period; see audit.figure_asked_for for the names.
CREATE OR REPLACE MACRO audit.explain(asked_indicator, asked_area, asked_period := NULL) AS TABLE
WITH cell AS MATERIALIZED (
  FROM audit.figure_asked_for(asked_indicator, asked_area, asked_period)
),

part AS (
  SELECT
    figure_trace.*,
    -- Numbers as English writes them; Danish only has the two marks the other way round.
    format('{:,}', round(numerator)::BIGINT) AS numerator_text,
    format('{:,}', round(denominator)::BIGINT) AS denominator_text,
    -- Polling districts are numbered; their files bear their names.
    CASE WHEN part_level = 'polling_district' THEN locator ELSE part_id END AS part_order
  FROM audit.figure_trace
  SEMI JOIN cell USING (agreement_id, indicator_id, area_id, period)
),

parts AS (
  SELECT
    agreement_id, indicator_id, area_id, period,
    count(*) AS parts,
    string_agg(numerator_text, ' + ' ORDER BY part_order) AS numerators,
    string_agg(denominator_text, ' + ' ORDER BY part_order) AS denominators,
    string_agg(printf('%.2f × %s', value, denominator_text), ' + ' ORDER BY part_order) AS weighted,
    list({
      'cell': locator, 'delivery_id': delivery_id, 'sha256': snapshot_sha256, 'part_id': part_id,
      'numerator': numerator, 'denominator': denominator, 'value': value, 'missing_reason': missing_reason
    } ORDER BY part_order) AS cells
  FROM part
  GROUP BY ALL
),

delivery AS (
  SELECT DISTINCT part.agreement_id, part.indicator_id, part.area_id, part.period, delivery.*
  FROM part
  INNER JOIN ledger.delivery ON part.delivery_id = delivery.delivery_id
),

deliveries AS (
  SELECT
    agreement_id, indicator_id, area_id, period,
    list({
      'delivery_id': delivery_id, 'file': original_name, 'sha256': snapshot_sha256, 'received_at': received_at,
      'received_by': received_by, 'approved_at': approved_at, 'approved_by': approved_by
    } ORDER BY delivery_sequence) AS deliveries
  FROM delivery
  GROUP BY ALL
),

-- What a finding names - places of rows, or the columns of a query - as the parts of this figure would be named.
named AS (
  SELECT
    agreement_id, indicator_id, area_id, period,
    delivery_id,
    list(DISTINCT locator) AS locators,
    list(DISTINCT concat('unit_level=', part_level, ', unit=', part_id)) AS units
  FROM part
  GROUP BY ALL
),

outcome AS (
  SELECT
    named.*,
    check_outcome.* EXCLUDE (delivery_id),
    string_split(substr(observed, strpos(observed, ': ') + 2), '; ') AS found,
    coalesce(len(list_filter(found, lambda one:
      one IN (concat('indicator_id=', indicator_id), concat('indicator_id=', indicator_id, ', period=', period))
      OR list_contains(units, one)
      OR len(list_filter(locators, lambda locator: locator = one OR ends_with(locator, ', ' || one))) > 0)) > 0, false)
      AS is_about_this_figure
  FROM named
  INNER JOIN ledger.check_outcome USING (delivery_id)
),

checks AS (
  SELECT
    agreement_id, indicator_id, area_id, period,
    count(*) FILTER (success) AS checks_passed,
    coalesce(
      list({
        'check': check_id, 'severity': severity, 'because': because, 'observed': observed,
        'is_about_this_figure': is_about_this_figure
      } ORDER BY is_about_this_figure DESC, check_id) FILTER (NOT success), []
    ) AS checks_failed
  FROM outcome
  GROUP BY ALL
),

revised AS (
  SELECT
    agreement_id, indicator_id, area_id, period,
    list({
      'publication_id': publication_id, 'revised_at': revised_at, 'cause': cause, 'old_value': old_value,
      'new_value': new_value, 'old_missing_reason': old_missing_reason, 'new_missing_reason': new_missing_reason
    } ORDER BY revised_at DESC) AS revisions
  FROM audit.revision
  SEMI JOIN cell USING (agreement_id, indicator_id, area_id, period)
  GROUP BY ALL
),

publication AS (
  SELECT publication_id, compared_with
  FROM audit.publication
  WHERE is_this_one
),

reason_in_words AS (
  FROM (VALUES
    ('not_delivered', 'ikke leveret', 'not delivered'),
    ('not_yet_published', 'endnu ikke offentliggjort', 'not yet published'),
    ('not_measured_in_this_period', 'ikke målt i denne periode', 'not measured in this period'),
    ('withheld_by_source', 'tilbageholdt af kilden', 'withheld by the source'),
    -- StatBank leaves such rows out and does not say which of the two it is: a reason in words, no other in the tables.
    ('zero_or_withheld', '0 eller tilbageholdt af kilden, uvist hvilket', '0 or withheld by the source, unknown which'),
    ('withheld_here', 'tilbageholdt her', 'withheld here'),
    ('below_source_threshold', 'under kildens mindstegrænse', 'below the source''s threshold'),
    ('rejected_by_a_check', 'afvist af en kontrol', 'rejected by a check')
  ) AS reason_in_words (missing_reason, reason, reason_en)
),

worded AS (
  SELECT
    cell.*,
    reason_in_words.missing_reason AS reason_told,
    reason_in_words.reason,
    reason_in_words.reason_en,
    -- As the page tells them: one decimal, halves away from zero; amounts in whole numbers.
    list_transform([cell.value, municipality_value], lambda one: CASE
      WHEN cell.unit = 'fraction' THEN concat(round(100 * one::DECIMAL(18, 12), 1), '%')
      WHEN cell.unit = 'mark' THEN round(one::DECIMAL(18, 12), 1)::VARCHAR
      WHEN cell.unit = 'kr' THEN concat('DKK ', format('{:,}', round(one)::BIGINT))
      WHEN cell.unit = 'per_1000' THEN concat(format('{:,}', round(one)::BIGINT), ' per 1,000')
      ELSE format('{:,}', round(one)::BIGINT)
    END) AS texts,
    list_transform(texts, lambda one: CASE
      WHEN starts_with(one, 'DKK ') THEN concat(translate(substr(one, 5), ',.', '.,'), ' kr.')
      ELSE replace(replace(translate(one, ',.', '.,'), '%', ' pct.'), ' per ', ' pr. ')
    END) AS texts_da,
    texts[1] AS value_text, texts_da[1] AS value_text_da,
    texts[2] AS municipality_text, texts_da[2] AS municipality_text_da,
    strftime(cell.period_start, '%-d %B %Y') AS day_text,
    concat(day(cell.period_start), '. ', (['januar', 'februar', 'marts', 'april', 'maj', 'juni', 'juli', 'august',
      'september', 'oktober', 'november', 'december'])[month(cell.period_start)], ' ', year(cell.period_start))
      AS day_text_da,
    left(cell.period, 4) AS year_text,
    parts.parts,
    CASE
      WHEN cell.value IS NULL THEN NULL
      WHEN cell.kind = 'mean' AND parts BETWEEN 2 AND 6
        THEN concat('(', weighted, ') / ', format('{:,}', round(cell.denominator)::BIGINT), ' = ', value_text)
      WHEN cell.kind = 'mean' THEN concat(value_text, ' (n = ', round(cell.denominator)::BIGINT,
        printf('; s = %.2f', cell.standard_deviation), ')')
      WHEN cell.kind = 'survey_share' THEN concat(value_text, ' (n = ', round(cell.denominator)::BIGINT,
        printf('; deff = %.2f', cell.design_effect),
        printf('; n / deff = %.1f', cell.denominator / cell.design_effect), ')')
      WHEN cell.kind IN ('share', 'turnout') AND cell.numerator IS NOT NULL AND cell.denominator IS NOT NULL THEN concat(
        -- Longer sums are in `cells`.
        CASE WHEN parts BETWEEN 2 AND 6 THEN concat('(', numerators, ') / (', denominators, ') = ') END,
        format('{:,}', round(cell.numerator)::BIGINT), ' / ', format('{:,}', round(cell.denominator)::BIGINT), ' = ',
        value_text
      )
      ELSE value_text
    END AS formula_en,
    parts.cells
  FROM cell
  LEFT JOIN parts USING (agreement_id, indicator_id, area_id, period)
  LEFT JOIN reason_in_words
    ON reason_in_words.missing_reason = if(cell.is_zero_or_withheld, 'zero_or_withheld', cell.missing_reason)
)

SELECT
  worded.agreement_id, worded.indicator_id, worded.area_id, worded.period,
  -- A sentence that ends in an abbreviation has one full stop.
  replace(concat(
    CASE WHEN worded.value IS NULL THEN concat('Der er intet tal for "', short_name, '" i ', area)
      ELSE concat('I ', area, ' var "', short_name, '" ', value_text_da) END,
    CASE worded.period_kind
      WHEN 'school_year' THEN concat(' i skoleåret ', worded.period)
      WHEN 'reference_day' THEN concat(' den ', day_text_da)
      WHEN 'survey_wave' THEN concat(' i målingen i ', year_text)
      WHEN 'election' THEN
        concat(' ved ', CASE WHEN worded.period LIKE 'KV%' THEN 'kommunalvalget' ELSE 'folketingsvalget' END, ' den ', day_text_da)
      ELSE concat(' i ', worded.period)
    END,
    CASE WHEN worded.value IS NULL THEN concat(': ', reason)
      WHEN municipality_value IS NOT NULL THEN concat('; i kommunen ', municipality_text_da) END,
    '.',
    CASE WHEN worded.is_synthetic THEN concat(if(worded.value IS NULL, ' Leverancen', ' Tallet'), ' er syntetisk.') END
  ), '..', '.') AS sentence,
  concat(
    CASE WHEN worded.value IS NULL THEN concat('There is no figure for "', short_name_en, '" in ', area)
      ELSE concat('In ', area, ' "', short_name_en, '" was ', value_text) END,
    CASE worded.period_kind
      WHEN 'school_year' THEN concat(' in the school year ', worded.period)
      WHEN 'reference_day' THEN concat(' on ', day_text)
      WHEN 'survey_wave' THEN concat(' in the survey in ', year_text)
      WHEN 'election' THEN
        concat(' at the ', CASE WHEN worded.period LIKE 'KV%' THEN 'municipal' ELSE 'general' END, ' election on ', day_text)
      ELSE concat(' in ', worded.period)
    END,
    CASE WHEN worded.value IS NULL THEN concat(': ', reason_en)
      WHEN municipality_value IS NOT NULL THEN concat('; in the municipality ', municipality_text) END,
    '.',
    CASE WHEN worded.is_synthetic
      THEN concat(' The ', if(worded.value IS NULL, 'delivery', 'figure'), ' is synthetic.') END
  ) AS sentence_en,
  worded.value, worded.low, worded.high, worded.unit,
  worded.missing_reason,
  reason_told,
  if(formula_en = value_text, value_text_da, replace(translate(formula_en, ',.', '.,'), '%', ' pct.')) AS formula,
  formula_en,
  worded.is_synthetic,
  worded.carried_over_because,
  worded.note,
  worded.corrected_because,
  coalesce(worded.cells, []) AS cells,
  coalesce(deliveries.deliveries, []) AS deliveries,
  checks.checks_passed,
  checks.checks_failed,
  CASE
    WHEN publication.compared_with IS NULL THEN 'nothing_to_compare'
    WHEN revised.revisions[1].publication_id = publication.publication_id THEN 'revised'
    WHEN (worded.agreement_id, worded.indicator_id, worded.area_id, worded.period) IN (
      SELECT (agreement_id, indicator_id, area_id, period) FROM audit.first_shown
    ) THEN 'shown_for_the_first_time'
    ELSE 'unchanged'
  END AS since_last_publication,
  coalesce(revised.revisions, []) AS revisions,
  worded.is_baseline,
  worded.baseline_value_as_signed,
  worded.baseline_revised_because,
  worded.indicator AS official_wording,
  worded.indicator_en AS official_wording_en,
  worded.definition_numerator,
  worded.definition_numerator_en,
  worded.definition_denominator,
  worded.definition_denominator_en,
  worded.definition_version,
  worded.definition_status,
  publication.publication_id
FROM worded
CROSS JOIN publication
LEFT JOIN deliveries USING (agreement_id, indicator_id, area_id, period)
LEFT JOIN checks USING (agreement_id, indicator_id, area_id, period)
LEFT JOIN revised USING (agreement_id, indicator_id, area_id, period)
ORDER BY worded.agreement_id, worded.indicator_number, worded.series_number, worded.area_order;
