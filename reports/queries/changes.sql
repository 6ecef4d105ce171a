-- What has changed since the last meeting: verdicts that are others now, figures that it saw and that are others now, and
-- periods that have come since (one row per indicator), each with its cause and the delivery. The weightiest of each
-- kind come first, the kinds in turn. No row before the first meeting.
WITH meeting AS (
  SELECT meeting_id, published_at
  FROM audit.meeting
  WHERE agreement_id = getvariable('agreement_id')
  ORDER BY meeting_date DESC, recorded_at DESC
  LIMIT 1
),

given AS (
  SELECT
    verdict.indicator_id,
    verdict.area_id,
    max(verdict.given_at) FILTER (verdict.given_at <= meeting.published_at) AS was_given_at,
    arg_max_null(verdict.verdict, verdict.given_at) FILTER (verdict.given_at <= meeting.published_at) AS old_verdict,
    arg_max_null(verdict.cause, verdict.given_at) AS cause,
    arg_max_null(verdict.source_id, verdict.given_at) AS source_id,
    arg_max_null(verdict.delivery_id, verdict.given_at) AS delivery_id,
    arg_max_null(verdict.is_known_figure, verdict.given_at) AS is_known_figure
  FROM audit.verdict_given AS verdict
  CROSS JOIN meeting
  WHERE verdict.agreement_id = getvariable('agreement_id')
  GROUP BY ALL
),

verdict AS (
  SELECT
    given.indicator_id,
    given.area_id,
    given.old_verdict,
    judged.verdict AS new_verdict,
    given.cause,
    given.source_id,
    given.delivery_id,
    given.is_known_figure,
    row_number() OVER (
      ORDER BY judged.verdict IN ('better', 'worse') DESC, given.area_id = 'total' DESC, judged.indicator_number,
        judged.indicator_id, judged.area_order
    ) AS place
  FROM given
  INNER JOIN mart.goal_indicator AS judged
    ON judged.agreement_id = getvariable('agreement_id') AND given.indicator_id = judged.indicator_id
    AND given.area_id = judged.area_id
  WHERE given.was_given_at IS NOT NULL AND given.old_verdict IS DISTINCT FROM judged.verdict
),

came AS (
  SELECT indicator_id, period, min(known_from) AS known_from, arg_min(delivery_id, known_from) AS delivery_id
  FROM core.observation
  GROUP BY ALL
),

shown AS (
  SELECT indicator_id, indicator_number, period, period_end
  FROM figure
  WHERE agreement_id = getvariable('agreement_id') AND role = 'fixed' AND value IS NOT NULL
  GROUP BY ALL
),

new_period AS (
  SELECT
    indicator_id,
    list(period ORDER BY period_end) AS periods,
    'new_delivery' AS cause,
    arg_max(came.delivery_id, period_end) AS delivery_id,
    row_number() OVER (ORDER BY max(period_end) DESC, any_value(indicator_number), indicator_id) AS place
  FROM came
  CROSS JOIN meeting
  INNER JOIN shown USING (indicator_id, period)
  WHERE came.known_from > meeting.published_at
  GROUP BY indicator_id
),

revised AS (
  SELECT
    outdated.indicator_id,
    outdated.area_id,
    [outdated.period] AS periods,
    outdated.shown_value AS old_value,
    outdated.shown_missing_reason AS old_missing_reason,
    outdated.value AS new_value,
    outdated.missing_reason AS new_missing_reason,
    outdated.cause,
    figure.source_id,
    outdated.delivery_id,
    outdated.shown_value IS NOT NULL AND outdated.value IS NOT NULL AS is_known_figure,
    row_number() OVER (
      ORDER BY abs(outdated.value - outdated.shown_value) DESC NULLS FIRST, figure.indicator_number,
        figure.indicator_id, figure.area_order, figure.period_end
    ) AS place
  FROM audit.outdated_paper AS outdated
  INNER JOIN meeting ON outdated.meeting_id = meeting.meeting_id
  INNER JOIN figure
    ON outdated.agreement_id = figure.agreement_id AND outdated.indicator_id = figure.indicator_id
    AND outdated.area_id = figure.area_id AND outdated.period = figure.period
  WHERE outdated.agreement_id = getvariable('agreement_id') AND figure.role = 'fixed'
),

changed AS (
  SELECT 'verdict' AS what, 1 AS kind_order, * FROM verdict
  UNION ALL BY NAME
  SELECT 'period' AS what, 2 AS kind_order, * FROM new_period
  UNION ALL BY NAME
  SELECT 'figure' AS what, 3 AS kind_order, * FROM revised
)

SELECT
  changed.* EXCLUDE (place, kind_order, source_id, periods, is_known_figure),
  coalesce(changed.is_known_figure, false) AS is_known_figure,
  coalesce(changed.periods, []) AS periods,
  area.area,
  indicator.short_name,
  indicator.short_name_en,
  indicator.unit,
  source.source,
  source.source_en,
  epoch_us(delivery.received_at) // 1000000 AS received_at_seconds
FROM changed
INNER JOIN catalogue.indicator ON changed.indicator_id = indicator.indicator_id
LEFT JOIN (
  SELECT area_id, any_value(area) AS area
  FROM figure
  WHERE agreement_id = getvariable('agreement_id')
  GROUP BY ALL
) AS area ON changed.area_id = area.area_id
LEFT JOIN audit.delivery ON changed.delivery_id = delivery.delivery_id
LEFT JOIN catalogue.source ON coalesce(delivery.source_id, changed.source_id) = source.source_id
ORDER BY changed.place, changed.kind_order
