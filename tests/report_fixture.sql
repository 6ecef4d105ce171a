-- A small publication for the tests of the page: the tables that the report reads, with synthetic and real
-- figures, every reason for an empty cell, a break in a series, a stopped source and a late one.
CREATE SCHEMA catalogue;
CREATE SCHEMA mart;
CREATE SCHEMA audit;
CREATE SCHEMA core;

CREATE TABLE audit.publication AS
SELECT '20261123T020000-0f3a9c' AS publication_id, 'run-1' AS run_id,
  TIMESTAMPTZ '2026-11-23 01:02:03+00' AS published_at, TIMESTAMPTZ '2026-11-23 01:02:03+00' AS as_of,
  '5f2c77aa01' AS inputs_digest, NULL AS file_sha256, true AS is_this_one;

CREATE TABLE catalogue.agreement AS
SELECT 'en_proeveaftale' AS agreement_id, 'En Prøveaftale' AS agreement, '330' AS municipality_code,
  'Slagelse' AS municipality, DATE '2021-10-01' AS period_from, DATE '2025-09-30' AS period_to;

CREATE TABLE catalogue.area AS
FROM (VALUES
  ('en_proeveaftale', 'motalavej', 'Motalavej', 1, NULL),
  ('en_proeveaftale', 'ringparken', 'Ringparken', 2, 'Ringparken'),
  ('en_proeveaftale', 'sydbyen', 'Sydbyen', 3, NULL)
) AS area (agreement_id, area_id, area, area_number, ministry_list_name);

CREATE TABLE catalogue.goal AS
FROM (VALUES
  ('education', 1, 'Der skal ske et fagligt løft af børn og unge, så flere bliver skoleparate, og flere tager en uddannelse',
    'Children and young people are lifted in class, so that more are ready for school and more take an education'),
  ('employment', 2, 'Flere bliver tilknyttet arbejdsmarkedet', 'More people are attached to the labour market'),
  ('crime_and_safety', 3, 'Børn og unge skal støttes i et liv uden kriminalitet, og områderne skal opleves trygge',
    'Children and young people are supported in a life without crime, and the areas are felt to be safe'),
  ('community', 4, 'Flere er en del af fællesskabet og deltager aktivt i samfundet',
    'More people are part of the community and take an active part in society')
) AS goal (goal_id, goal_number, goal, goal_en);

CREATE TABLE catalogue.source AS
FROM (VALUES
  ('lbf_boligsociale_data', 'LBF – Boligsociale Data', 'LBF – Boligsociale Data', 'Landsbyggefonden', 'Efter aftale',
    'https://lbf.dk/selvbetjeninger/boligsociale-data/', 'by_hand', 'steward', 'To gange om året, maj og november',
    'Twice a year, in May and November', 5),
  ('tryghedssurvey', 'Trygheds-survey VIVE/LBF', 'Safety survey VIVE/LBF', 'VIVE og LBF', 'Efter aftale', NULL,
    'by_hand', 'steward', 'Uregelmæssigt', 'At irregular times', 5),
  ('valg_dk', 'valg.dk', 'valg.dk', 'Indenrigs- og Sundhedsministeriet', 'Offentlig', 'https://valg.dk', 'by_download',
    'automatic', 'Efter hvert valg', 'After each election', 0),
  ('statbank', 'Danmarks Statistik, Statistikbanken', 'Statistics Denmark, StatBank', 'Danmarks Statistik', 'CC BY 4.0',
    'https://www.statistikbanken.dk', 'by_api', 'automatic', 'Hvert år', 'Every year', 0),
  ('agreement_figures', 'Aftalens egne tal', 'The agreement''s own figures', 'Aftalens parter', 'Offentlig', NULL,
    'by_hand', 'steward', 'Ventes ikke igen', 'Not expected again', 0),
  ('ministry_list', 'Ministeriets liste', 'The ministry''s list', 'Social- og Boligministeriet', 'Offentlig', NULL,
    'by_hand', 'steward', 'Hvert år 1. december', 'Every year on 1 December', 0)
) AS source (source_id, source, source_en, publisher, licence, url, arrives, approval, expected, expected_en, disclosure_limit);
ALTER TABLE catalogue.source ADD COLUMN publisher_en VARCHAR;
ALTER TABLE catalogue.source ADD COLUMN licence_en VARCHAR;
UPDATE catalogue.source SET licence_en = 'By agreement' WHERE licence = 'Efter aftale';

CREATE TABLE catalogue.indicator AS
SELECT
  indicator_id, indicator_number, series_number, parent_indicator_id, goal_id, role, indicator, indicator_en,
  short_name, short_name_en, kind, unit, better, period_kind, source_id, municipality_source_id,
  12 AS publication_lag_months, '1' AS definition_version,
  CASE source_id WHEN 'valg_dk' THEN 'confirmed' WHEN 'agreement_figures' THEN 'as stated by the source'
    ELSE 'awaiting confirmation against LBF''s datagrundlag' END AS definition_status,
  'antal af dem, som indikatoren nævner' AS numerator, 'the number of those whom the indicator names' AS numerator_en,
  'alle beboere i aldersgruppen' AS denominator, 'all residents of the age group' AS denominator_en,
  15 AS age_from, 29 AS age_to, checks_indicator_id, tolerance
FROM (VALUES
  ('daycare_1_5', 1, 1, 'daycare_1_5', 'education', 'fixed', 'Andel 1-5 årige i dagtilbud', 'Share of children aged 1-5 in day care',
    'Børn i dagtilbud', 'Children in day care', 'share', 'fraction', 'higher', 'calendar_year', 'lbf_boligsociale_data', 'lbf_boligsociale_data', NULL, NULL),
  ('grade_average_danish_mathematics', 2, 1, 'grade_average_danish_mathematics', 'education', 'fixed', 'Karaktergennemsnit i dansk og matematik for 9.-klasseselever',
    'Average mark in Danish and mathematics, 9th grade', 'Karakterer i 9. klasse', 'Marks in 9th grade', 'mean', 'mark', 'higher', 'school_year', 'lbf_boligsociale_data', 'lbf_boligsociale_data', NULL, NULL),
  ('basic_school_only_18_29', 3, 1, 'basic_school_only_18_29', 'education', 'fixed',
    'Andel 18-29-årige, der har grundskole som højest fuldførte uddannelse, og som ikke er i gang med en uddannelse.',
    'Share of 18-29-year-olds with basic school as highest education who are not in education', 'Kun grundskole, 18-29 år', 'Basic school only, 18-29', 'share', 'fraction', 'lower', 'reference_day', 'lbf_boligsociale_data', 'lbf_boligsociale_data', NULL, NULL),
  ('neither_education_nor_employment_15_29', 4, 1, 'neither_education_nor_employment_15_29', 'employment', 'fixed',
    'Andel 15-29-årige, der hverken er i gang med en uddannelse eller er i beskæftigelse (restgruppen)', 'Share of 15-29-year-olds in neither education nor employment',
    'Restgruppen 15-29 år', 'Neither, 15-29', 'share', 'fraction', 'lower', 'calendar_year', 'lbf_boligsociale_data', 'lbf_boligsociale_data', NULL, NULL),
  ('charged_15_29', 6, 1, 'charged_15_29', 'crime_and_safety', 'fixed', 'Andel 15-29-årige, der er sigtet mindst én gang', 'Share of 15-29-year-olds charged at least once',
    'Sigtede 15-29 år', 'Charged, 15-29', 'share', 'fraction', 'lower', 'calendar_year', 'lbf_boligsociale_data', 'lbf_boligsociale_data', NULL, NULL),
  ('feels_safe', 7, 1, 'feels_safe', 'crime_and_safety', 'fixed', 'Andel beboere over 18 år, der føler sig grundlæggende trygge i boligområdet',
    'Share of residents over 18 who feel basically safe in the area', 'Føler sig trygge', 'Feel safe', 'survey_share', 'fraction', 'higher', 'survey_wave', 'tryghedssurvey', 'tryghedssurvey', NULL, NULL),
  ('turnout_municipal_election', 9, 1, 'turnout', 'community', 'fixed', 'Andel stemmeberettigede, der har stemt ved seneste kommunalvalg', 'Share of eligible voters who voted at the latest municipal election',
    'Kommunalvalg', 'Municipal election', 'turnout', 'fraction', 'higher', 'election', 'lbf_boligsociale_data', 'valg_dk', NULL, NULL),
  ('turnout_general_election', 9, 2, 'turnout', 'community', 'fixed', 'Andel stemmeberettigede, der har stemt ved seneste folketingsvalg', 'Share of eligible voters who voted at the latest general election',
    'Folketingsvalg', 'General election', 'turnout', 'fraction', 'higher', 'election', 'lbf_boligsociale_data', 'statbank', NULL, NULL),
  ('basic_school_as_highest_15_64', NULL, 1, 'basic_school_as_highest_15_64', NULL, 'context', '15-64-årige med grundskolen som højest fuldført uddannelse', '15-64-year-olds with basic school as highest education',
    'Grundskole 15-64 år', 'Basic school, 15-64', 'share', 'fraction', NULL, 'as_signed', 'agreement_figures', 'agreement_figures', NULL, NULL),
  ('average_household_income', NULL, 1, 'average_household_income', NULL, 'context', 'Gennemsnitlig husstandsindkomst', 'Average household income',
    'Husstandsindkomst', 'Household income', 'amount', 'kr', NULL, 'as_signed', 'agreement_figures', 'agreement_figures', NULL, NULL),
  ('ministry_convicted', NULL, 1, 'ministry_convicted', NULL, 'context', 'Dømte 18 år og derover', 'Convicted, 18 and over',
    'Dømte', 'Convicted', 'share', 'fraction', NULL, 'reference_day', 'ministry_list', 'ministry_list', NULL, NULL)
) AS declared (
  indicator_id, indicator_number, series_number, parent_indicator_id, goal_id, role, indicator, indicator_en,
  short_name, short_name_en, kind, unit, better, period_kind, source_id, municipality_source_id, checks_indicator_id, tolerance
);

CREATE TABLE catalogue.caveat AS
FROM (VALUES
  ('basic_school_only_18_29', 1, 'Udenlandske uddannelser er til dels beregnet og gælder ikke for små grupper.', 'Foreign education is partly imputed and does not hold for small groups.'),
  ('turnout_municipal_election', 1, 'Kommunalvalg og folketingsvalg har hver sin vælgerkreds og sammenlignes ikke.', 'Municipal and general elections have different electorates and are not compared.')
) AS caveat (indicator_id, caveat_number, caveat, caveat_en);

CREATE TABLE catalogue.series_break AS
FROM (VALUES
  (NULL::VARCHAR, 'feels_safe', NULL::VARCHAR, DATE '2023-01-01', 'Nyt og kortere spørgeskema fra 2023', 'New and shorter questionnaire from 2023'),
  (NULL, 'grade_average_danish_mathematics', NULL, DATE '2019-08-01', 'Eksamen aflyst i 2019/2020, årskarakterer brugt', 'Exams cancelled in 2019/2020, year marks used')
) AS series_break (agreement_id, indicator_id, unit_level, from_day, because, because_en);

CREATE TEMP TABLE period AS
FROM (VALUES
  ('calendar_year', '2018', DATE '2018-01-01', DATE '2018-12-31', 0), ('calendar_year', '2019', DATE '2019-01-01', DATE '2019-12-31', 1),
  ('calendar_year', '2020', DATE '2020-01-01', DATE '2020-12-31', 2), ('calendar_year', '2021', DATE '2021-01-01', DATE '2021-12-31', 3),
  ('calendar_year', '2022', DATE '2022-01-01', DATE '2022-12-31', 4), ('calendar_year', '2023', DATE '2023-01-01', DATE '2023-12-31', 5),
  ('school_year', '2018/2019', DATE '2018-08-01', DATE '2019-07-31', 0), ('school_year', '2019/2020', DATE '2019-08-01', DATE '2020-07-31', 1),
  ('school_year', '2020/2021', DATE '2020-08-01', DATE '2021-07-31', 2), ('school_year', '2021/2022', DATE '2021-08-01', DATE '2022-07-31', 3),
  ('school_year', '2022/2023', DATE '2022-08-01', DATE '2023-07-31', 4),
  ('reference_day', '2019-09-30', DATE '2019-09-30', DATE '2019-09-30', 0), ('reference_day', '2020-09-30', DATE '2020-09-30', DATE '2020-09-30', 1),
  ('reference_day', '2021-09-30', DATE '2021-09-30', DATE '2021-09-30', 2), ('reference_day', '2022-09-30', DATE '2022-09-30', DATE '2022-09-30', 3),
  ('reference_day', '2023-09-30', DATE '2023-09-30', DATE '2023-09-30', 4),
  ('survey_wave', '2018-wave', DATE '2018-01-01', DATE '2018-12-31', 0), ('survey_wave', '2021-wave', DATE '2021-01-01', DATE '2021-12-31', 1),
  ('survey_wave', '2023-wave', DATE '2023-01-01', DATE '2023-12-31', 2),
  ('election', 'KV-2017-11-21', DATE '2017-11-21', DATE '2017-11-21', 0), ('election', 'KV-2021-11-16', DATE '2021-11-16', DATE '2021-11-16', 1),
  ('election', 'KV-2025-11-18', DATE '2025-11-18', DATE '2025-11-18', 2),
  ('election', 'FV-2019-06-05', DATE '2019-06-05', DATE '2019-06-05', 0), ('election', 'FV-2022-11-01', DATE '2022-11-01', DATE '2022-11-01', 1),
  ('election', 'FV-2026-03-24', DATE '2026-03-24', DATE '2026-03-24', 2)
) AS period (period_kind, period, period_start, period_end, step);

CREATE TEMP TABLE unit AS
FROM (VALUES
  ('area', 'motalavej', 'Motalavej', 1, 410, 0.05, -0.010), ('area', 'ringparken', 'Ringparken', 2, 640, 0.08, -0.014),
  ('area', 'sydbyen', 'Sydbyen', 3, 230, 0.02, 0.004), ('total', 'total', 'En Prøveaftale i alt', 1000, 1280, 0.06, -0.010),
  ('municipality', 'municipality', 'Slagelse Kommune', 2000, 14900, -0.07, -0.004)
) AS unit (area_level, area_id, area, area_order, people, above, slope);

CREATE TABLE mart.indicator_series AS
WITH drawn AS (
  SELECT
    indicator.*, unit.*, period.period, period_start, period_end, step,
    CASE kind
      WHEN 'mean' THEN 5.8 - 10 * above + 0.12 * step + 0.03 * (step % 2)
      ELSE CASE indicator_id WHEN 'charged_15_29' THEN 0.09 WHEN 'daycare_1_5' THEN 0.71 WHEN 'feels_safe' THEN 0.72
        WHEN 'turnout_municipal_election' THEN 0.48 WHEN 'turnout_general_election' THEN 0.62 ELSE 0.30 END
        + above * CASE better WHEN 'higher' THEN -1 ELSE CASE indicator_id WHEN 'charged_15_29' THEN 0.6 ELSE 1 END END
        + slope * step * CASE better WHEN 'higher' THEN -1 ELSE 1 END + 0.006 * (step % 2)
    END AS drawn_value
  FROM catalogue.indicator
  CROSS JOIN unit
  INNER JOIN period ON indicator.period_kind = period.period_kind
  WHERE indicator.role = 'fixed' AND (indicator.period_kind <> 'election' OR left(period.period, 2) = CASE indicator_id
    WHEN 'turnout_general_election' THEN 'FV' ELSE 'KV' END)
), emptied AS (
  SELECT *,
    CASE
      WHEN area_id = 'sydbyen' AND indicator_id = 'charged_15_29' AND step >= 4 THEN 'withheld_by_source'
      WHEN area_id = 'sydbyen' AND indicator_id = 'feels_safe' AND step = 2 THEN 'not_measured_in_this_period'
      WHEN area_id = 'sydbyen' AND indicator_id = 'grade_average_danish_mathematics' THEN 'below_source_threshold'
      WHEN area_id = 'motalavej' AND indicator_id = 'daycare_1_5' AND step = 5 THEN 'rejected_by_a_check'
      WHEN area_id = 'motalavej' AND indicator_id = 'daycare_1_5' AND step = 1 THEN 'withheld_here'
      WHEN indicator_id LIKE 'turnout%' AND area_id <> 'municipality' AND step = 2 THEN 'not_yet_published'
      WHEN indicator_id = 'neither_education_nor_employment_15_29' AND area_id = 'municipality' AND step <= 1 THEN 'not_delivered'
    END AS missing_reason
  FROM drawn
), counted AS (
  SELECT *,
    CASE WHEN indicator_id = 'turnout_municipal_election' AND area_id = 'municipality' AND step = 2 THEN 42578
      WHEN indicator_id = 'turnout_general_election' AND area_id = 'municipality' AND step = 2 THEN 48206
      WHEN kind IN ('share', 'turnout') THEN round(people * drawn_value) END AS counted_numerator,
    CASE WHEN indicator_id = 'turnout_municipal_election' AND area_id = 'municipality' AND step = 2 THEN 65812
      WHEN indicator_id = 'turnout_general_election' AND area_id = 'municipality' AND step = 2 THEN 60670
      WHEN kind = 'mean' THEN round(people / 12) ELSE people END AS counted_denominator
  FROM emptied
)
SELECT
  'en_proeveaftale' AS agreement_id, goal_id, goal, indicator_number, indicator_id, indicator, role, kind, unit, better,
  area_level, area_id, area, area_order, '330' AS municipality_code, period, period_start, period_end,
  CASE WHEN missing_reason IS NULL THEN counted_numerator::DOUBLE END AS numerator,
  CASE WHEN missing_reason IS NULL THEN counted_denominator::DOUBLE END AS denominator,
  CASE WHEN missing_reason IS NULL THEN coalesce(counted_numerator / counted_denominator, drawn_value)::DOUBLE END AS value,
  value - CASE kind WHEN 'mean' THEN 6 / sqrt(counted_denominator) ELSE 0.9 / sqrt(counted_denominator) END AS low,
  value + CASE kind WHEN 'mean' THEN 6 / sqrt(counted_denominator) ELSE 0.9 / sqrt(counted_denominator) END AS high,
  value - max(value) FILTER (area_id = 'municipality') OVER (PARTITION BY indicator_id, period) AS gap,
  gap - 0.04 AS gap_low, gap + 0.04 AS gap_high,
  missing_reason,
  CASE WHEN indicator_id = 'feels_safe' AND step = 2 THEN 'Nyt og kortere spørgeskema fra 2023'
    WHEN indicator_id = 'grade_average_danish_mathematics' AND step = 1 THEN 'Eksamen aflyst i 2019/2020, årskarakterer brugt' END AS series_break,
  NULL::VARCHAR AS added_up_from, NULL::DOUBLE AS standard_deviation, CASE WHEN kind = 'survey_share' THEN 1.3 END AS design_effect,
  CASE WHEN kind = 'survey_share' THEN 0.38 END AS response_rate,
  CASE WHEN kind = 'survey_share' THEN 'VIVE 2018/2021' END AS instrument, NULL::VARCHAR AS wording,
  CASE WHEN period = 'KV-2021-11-16' AND area_id = 'municipality' THEN 'Afledt: filens tal minus dens egne forskelle' END AS note,
  CASE WHEN area_id = 'municipality' THEN municipality_source_id ELSE source_id END AS source_id,
  CASE WHEN missing_reason IS NULL THEN CASE WHEN area_id = 'municipality' THEN municipality_source_id ELSE source_id END || '-0123456789ab' END AS delivery_id,
  NULL::VARCHAR[] AS delivery_ids, NULL::VARCHAR AS carried_over_because, definition_version,
  missing_reason IS NULL AND CASE WHEN area_id = 'municipality' THEN municipality_source_id ELSE source_id END
    IN ('lbf_boligsociale_data', 'tryghedssurvey') AS is_synthetic,
  TIMESTAMPTZ '2026-11-20 10:00:00+00' AS known_at
FROM counted
INNER JOIN catalogue.goal USING (goal_id);

INSERT INTO mart.indicator_series BY NAME
SELECT 'en_proeveaftale' AS agreement_id, indicator_id, indicator, role, kind, unit, area_level, area_id, area, area_order,
  '330' AS municipality_code, period, period_start::DATE AS period_start, period_start::DATE AS period_end, value, wording, note,
  indicator.source_id, indicator.source_id || '-0123456789ab' AS delivery_id, definition_version, false AS is_synthetic
FROM (VALUES
  ('basic_school_as_highest_15_64', 'total', 'total', 'En Prøveaftale i alt', 1000, 'as_signed', '2021-10-01', 0.40, 'godt 40 pct.', 'Afsnit 1'),
  ('basic_school_as_highest_15_64', 'municipality', 'municipality', 'Slagelse Kommune', 2000, 'as_signed', '2021-10-01', 0.22, '22 pct.', 'Afsnit 1'),
  ('average_household_income', 'total', 'total', 'En Prøveaftale i alt', 1000, 'as_signed', '2021-10-01', 325000, NULL, 'Afsnit 1'),
  ('average_household_income', 'municipality', 'municipality', 'Slagelse Kommune', 2000, 'as_signed', '2021-10-01', 495000, NULL, 'Afsnit 1'),
  ('ministry_convicted', 'ministry_area', 'ministry_area:ringparken', 'Ringparken (ministeriets område)', 4000, '2019-12-01', '2019-12-01', 0.0207, NULL, 'Grænsen er tre gange landstallet')
) AS given (indicator_id, area_level, area_id, area, area_order, period, period_start, value, wording, note)
INNER JOIN catalogue.indicator USING (indicator_id);

INSERT INTO mart.indicator_series BY NAME
SELECT 'en_proeveaftale' AS agreement_id, 'community' AS goal_id, 'turnout_municipal_election' AS indicator_id, 'fixed' AS role, 'turnout' AS kind,
  'fraction' AS unit, 'polling_district' AS area_level, 'polling_district:' || dagi_id AS area_id, area, 3000 AS area_order,
  '330' AS municipality_code, 'KV-2025-11-18' AS period, DATE '2025-11-18' AS period_start, DATE '2025-11-18' AS period_end,
  cast_votes::DOUBLE AS numerator, eligible::DOUBLE AS denominator, cast_votes / eligible AS value, 'valg_dk' AS source_id,
  'valg_dk-0123456789ab' AS delivery_id, '1' AS definition_version, false AS is_synthetic
FROM (VALUES ('701164', 'Korsør - Broskolen', 3337, 5693), ('705790', 'Omø - Omø Forsamlingshus', 107, 130)) AS district (dagi_id, area, cast_votes, eligible);

CREATE TABLE mart.goal_indicator AS
WITH compared AS (
WITH latest AS (
  SELECT agreement_id, indicator_id, area_id,
    arg_max(period, period_end) FILTER (value IS NOT NULL) AS figure_period,
    arg_max(period, period_end) AS newest_period,
    arg_max(missing_reason, period_end) FILTER (value IS NULL) AS newest_reason
  FROM mart.indicator_series WHERE role = 'fixed' AND area_level IN ('area', 'total') GROUP BY ALL
), baseline AS (
  SELECT indicator_id, arg_max(period, period_end) AS baseline_period
  FROM mart.indicator_series WHERE role = 'fixed' AND period_end < DATE '2020-11-01' GROUP BY ALL
)
SELECT
  series.agreement_id, 'En Prøveaftale' AS agreement, series.goal_id, goal.goal_number, goal.goal, series.indicator_number,
  series.indicator_id, series.indicator, series.area_id, series.area, series.area_order, series.unit, series.kind, series.better,
  baseline.baseline_period, first.value AS baseline_value,
  CASE WHEN first.value IS NULL THEN coalesce(first.missing_reason, 'not_delivered') END AS baseline_missing_reason,
  first_municipality.value AS baseline_municipality,
  series.period AS latest_period, series.value AS latest_value, series.low AS latest_low, series.high AS latest_high,
  municipality.value AS latest_municipality, municipality.missing_reason AS municipality_missing_reason,
  CASE WHEN series.period <> baseline.baseline_period THEN series.value - first.value END AS change,
  CASE WHEN series.period <> baseline.baseline_period THEN municipality.value - first_municipality.value END AS change_municipality,
  CASE WHEN latest.figure_period IS NULL THEN latest.newest_reason END AS missing_reason,
  CASE WHEN latest.newest_period <> latest.figure_period THEN latest.newest_period END AS newer_period,
  CASE WHEN latest.newest_period <> latest.figure_period THEN latest.newest_reason END AS newer_period_missing_reason,
  CASE WHEN series.period_end >= series_break.from_day AND series_break.from_day > first.period_end THEN series_break.because END AS series_break,
  series.source_id, series.delivery_id, series.definition_version,
  series.is_synthetic OR coalesce(first.is_synthetic, false) OR coalesce(municipality.is_synthetic, false) AS is_synthetic, series.known_at
FROM latest
INNER JOIN mart.indicator_series AS series ON latest.indicator_id = series.indicator_id AND latest.area_id = series.area_id
  AND coalesce(latest.figure_period, latest.newest_period) = series.period
INNER JOIN catalogue.goal ON series.goal_id = goal.goal_id
LEFT JOIN baseline ON series.indicator_id = baseline.indicator_id
LEFT JOIN mart.indicator_series AS first ON first.indicator_id = series.indicator_id AND first.area_id = series.area_id
  AND first.period = baseline.baseline_period
LEFT JOIN mart.indicator_series AS municipality ON municipality.indicator_id = series.indicator_id
  AND municipality.area_id = 'municipality' AND municipality.period = series.period
LEFT JOIN mart.indicator_series AS first_municipality ON first_municipality.indicator_id = series.indicator_id
  AND first_municipality.area_id = 'municipality' AND first_municipality.period = baseline.baseline_period
LEFT JOIN catalogue.series_break ON series_break.indicator_id = series.indicator_id
), judged AS (
  SELECT
    compared.* REPLACE (CASE WHEN series_break IS NULL THEN change END AS change,
      CASE WHEN series_break IS NULL THEN change_municipality END AS change_municipality),
    compared.change - compared.change_municipality AS distance,
    CASE kind WHEN 'mean' THEN 0.62 ELSE 0.031 END AS half,
    CASE
      WHEN latest_value IS NULL AND missing_reason LIKE '%withheld%' THEN 'withheld'
      WHEN latest_value IS NULL OR latest_municipality IS NULL THEN 'not_delivered'
      WHEN baseline_period IS NULL OR baseline_value IS NULL THEN 'no_baseline'
      WHEN baseline_municipality IS NULL THEN 'not_delivered'
      WHEN series_break IS NOT NULL AND kind = 'survey_share' THEN 'different_instrument'
      WHEN series_break IS NOT NULL THEN 'break_in_series'
      WHEN latest_period = baseline_period THEN 'same_period'
    END AS verdict_reason
  FROM compared
)
SELECT * EXCLUDE (distance, half),
  CASE WHEN verdict_reason IS NULL THEN distance END AS development,
  development - half AS development_low, development + half AS development_high,
  CASE WHEN verdict_reason IS NULL THEN half END AS smallest_detectable_change,
  CASE WHEN verdict_reason IS NOT NULL THEN 'cannot_be_judged'
    WHEN development_low > 0 THEN CASE better WHEN 'higher' THEN 'better' ELSE 'worse' END
    WHEN development_high < 0 THEN CASE better WHEN 'higher' THEN 'worse' ELSE 'better' END
    ELSE 'no_certain_difference' END AS verdict,
  indicator_id = 'turnout_general_election' AS municipality_uncertainty_left_out,
  baseline_value - half AS baseline_low, baseline_value + half AS baseline_high,
  CASE WHEN baseline_municipality IS NULL THEN 'not_delivered' END AS baseline_municipality_missing_reason,
  CASE WHEN indicator_id = 'basic_school_only_18_29' AND area_id = 'ringparken' THEN baseline_value + 0.004 ELSE baseline_value END AS baseline_value_as_signed,
  baseline_municipality AS baseline_municipality_as_signed,
  TIMESTAMPTZ '2026-01-05 10:00:00+00' AS baseline_signed_at,
  CASE WHEN baseline_value_as_signed <> baseline_value THEN 'new_delivery' END AS baseline_revised_because,
  CASE WHEN kind = 'survey_share' THEN 'too_few_periods' WHEN development > 0.031 THEN 'rising' WHEN development < -0.031 THEN 'falling'
    ELSE 'no_certain_trend' END AS trend,
  CASE WHEN kind <> 'survey_share' THEN 4.2 END AS trend_chi2
FROM judged;

CREATE TABLE audit.delivery AS
SELECT *, TIMESTAMP '2026-11-20 10:00:00' AS received_at
FROM (VALUES
  ('lbf_boligsociale_data-00000000old', 'lbf_boligsociale_data', '', 1, true),
  ('lbf_boligsociale_data-0123456789ab', 'lbf_boligsociale_data', '', 2, true), ('tryghedssurvey-0123456789ab', 'tryghedssurvey', '', 3, true),
  ('valg_dk-0123456789ab', 'valg_dk', 'KV-2025-11-18', 4, true), ('statbank-0123456789ab', 'statbank', 'FVKOM', 5, true),
  ('agreement_figures-0123456789ab', 'agreement_figures', '', 6, true), ('ministry_list-0123456789ab', 'ministry_list', '', 7, true)
) AS delivery (delivery_id, source_id, part_id, delivery_sequence, is_in_force);

-- What the newest delivery of Landsbyggefonden left out stands as the delivery before had it.
UPDATE mart.indicator_series SET delivery_id = 'lbf_boligsociale_data-00000000old'
WHERE indicator_id = 'basic_school_only_18_29' AND area_id = 'motalavej' AND period = '2022-09-30';

CREATE TABLE mart.milestone AS
FROM (VALUES
  ('en_proeveaftale', 'crime', 'Kriminalpræventiv indsats', 'Flere i fritidsjob', 'Netværk med virksomheder', 'Ti aftaler er indgået',
    'Projektlederen', DATE '2026-06-01', DATE '2026-05-20', 'reached', NULL::BIGINT, NULL, 'delaftaler', 'delaftaler-01', true),
  ('en_proeveaftale', 'crime', 'Kriminalpræventiv indsats', 'Flere i fritidsjob', NULL, 'Tyve unge er i job', NULL, DATE '2026-10-01',
    NULL, 'late', 53, '=venter på <kommunen>', 'delaftaler', 'delaftaler-01', true),
  ('en_proeveaftale', 'education', 'Uddannelse og livschancer', 'Flere i dagtilbud', NULL, 'Alle familier er besøgt', 'Kommunen',
    DATE '2027-01-15', NULL, 'coming', NULL, NULL, 'delaftaler', 'delaftaler-01', true)
) AS milestone (agreement_id, focus_area_id, focus_area, sub_goal, activity, milestone, responsible, due, reached_on, state,
  days_late, note, source_id, delivery_id, is_synthetic);

-- No meeting yet; the tests that need one put it in.
CREATE TABLE audit.meeting (meeting_id VARCHAR, agreement_id VARCHAR, meeting_date DATE, publication_id VARCHAR,
  published_at TIMESTAMP, recorded_at TIMESTAMP);
CREATE TABLE audit.verdict_given (publication_id VARCHAR, given_at TIMESTAMP, agreement_id VARCHAR, indicator_id VARCHAR,
  area_id VARCHAR, latest_period VARCHAR, verdict VARCHAR, verdict_reason VARCHAR, cause VARCHAR, source_id VARCHAR,
  delivery_id VARCHAR, is_known_figure BOOLEAN);
INSERT INTO audit.verdict_given BY NAME
SELECT '20260101T020000-0000' AS publication_id, TIMESTAMP '2026-01-01 02:00:00' AS given_at, agreement_id,
  indicator_id, area_id, latest_period, verdict, verdict_reason
FROM mart.goal_indicator;
-- Every figure has been known for long, until a test says otherwise.
CREATE TABLE core.observation AS
SELECT indicator_id, period, delivery_id, TIMESTAMP '2020-01-01 00:00:00' AS known_from
FROM mart.indicator_series;
CREATE TABLE audit.action (action_id VARCHAR, agreement_id VARCHAR, meeting_date DATE, indicator_id VARCHAR, action VARCHAR,
  owner VARCHAR, due DATE, state VARCHAR);
CREATE TABLE audit.outdated_paper (publication_id VARCHAR, published_at TIMESTAMP, meeting_id VARCHAR, meeting_date DATE,
  agreement_id VARCHAR, indicator_id VARCHAR, area_id VARCHAR, period VARCHAR, shown_value DOUBLE, shown_missing_reason VARCHAR,
  value DOUBLE, missing_reason VARCHAR, cause VARCHAR, delivery_id VARCHAR);

ALTER TABLE mart.indicator_series ADD COLUMN is_zero_or_withheld BOOLEAN DEFAULT false;
UPDATE mart.indicator_series SET carried_over_because = 'rejected_by_a_check'
WHERE indicator_id = 'charged_15_29' AND area_id = 'motalavej' AND period = '2023';

CREATE TABLE audit.check_outcome AS
FROM (VALUES
  ('lbf_boligsociale_data', '', 'lbf_boligsociale_data-0123456789ab', 'numerator_at_most_denominator', 'warning', false, 1, 'quarantined',
    '1 of 1,009 rows: Data!AP41', 'A part cannot be larger than its whole, so one of the two counts is wrong.'),
  ('lbf_boligsociale_data', '', 'lbf_boligsociale_data-0123456789ab', 'stays_near_the_last_delivery', 'warning', false, 1, 'kept',
    '1 of 1,009 rows: Data!AN144', 'A revision that moves a known figure this far is rare.'),
  ('tryghedssurvey', '', 'tryghedssurvey-0123456789ab', 'has_rows', 'critical', true, 0, NULL, NULL, 'A delivery without rows says nothing.')
) AS check_outcome (source_id, part_id, delivery_id, check_id, severity, success, failing_rows, action, observed, because);

CREATE TABLE mart.freshness AS
SELECT source_id, source.source, part_id, source_id || '-0123456789ab' AS delivery_id, source_id || '-0123456789ab' AS last_good_delivery_id,
  'approved' AS delivery_state, TIMESTAMPTZ '2026-11-20 10:00:00+00' AS received_at, newest_period, 120 AS rows_in, 1 AS rows_quarantined,
  expected_next::DATE AS expected_next, late_after::DATE AS late_after, source.expected AS expected_in_words, given.state, problem, is_synthetic
FROM (VALUES
  ('lbf_boligsociale_data', '', '2023', '2027-05-01', '2027-06-15', 'fresh', NULL, true),
  ('tryghedssurvey', '', '2023-wave', NULL, NULL, 'stopped', 'kolonnen "Andel" mangler i arket', true),
  ('valg_dk', 'KV-2025-11-18', 'KV-2025-11-18', '2029-11-20', '2030-01-04', 'fresh', NULL, false),
  ('statbank', 'FVKOM', 'FV-2026-03-24', '2026-10-01', '2026-11-15', 'late', NULL, false),
  ('agreement_figures', '', 'as_signed', NULL, NULL, 'fresh', NULL, false),
  ('ministry_list', '', '2019-12-01', '2026-12-01', '2027-01-15', 'due', NULL, false)
) AS given (source_id, part_id, newest_period, expected_next, late_after, state, problem, is_synthetic)
INNER JOIN catalogue.source USING (source_id);

CREATE TABLE mart.cross_check AS
FROM (VALUES
  ('en_proeveaftale', 'turnout_municipal_election', 'statbank_turnout_municipal_election', 'Valgdeltagelse KVRES', 'KV-2021-11-16', DATE '2021-11-16', 0.6367, 0.6368, 0.0001, 0.001, false, NULL, 'within_tolerance'),
  ('en_proeveaftale', 'basic_school_only_18_29', 'statbank_basic_school_only_18_29', 'Kun grundskole HFUDD21', '2023-09-30', DATE '2023-09-30', 0.2230, 0.2460, 0.0230, 0.010, true, NULL, 'outside_tolerance'),
  ('en_proeveaftale', 'turnout_general_election', 'statbank_turnout_general_election', 'Valgdeltagelse FVKOM', 'FV-2019-06-05', DATE '2019-06-05', 0.79, NULL, NULL, 0.001, false, 'not_delivered', 'nothing_to_compare')
) AS compared (agreement_id, indicator_id, cross_check_indicator_id, cross_check_indicator, period, period_end,
  municipality_value, cross_check_value, difference, tolerance, is_synthetic, cross_check_missing_reason, state);
