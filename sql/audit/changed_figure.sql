-- Each figure that this publication shows otherwise than the one before it, with what it was, what it is, and why.
-- One row per agreement, indicator, area and period; `changed` lists the columns. A period that is shown for the
-- first time has was_shown = false.
-- kind: scratch
WITH before AS (
  SELECT *, true AS was_shown, coalesce(delivery_ids, [delivery_id]) AS came_in
  FROM ledger.shown_before
),

now AS (
  SELECT *, true AS is_shown, delivery_ids AS came_in
  FROM mart.indicator_series
),

-- How each delivery was read when the publication before was made, and how it is read now.
reading AS (
  SELECT
    entry.body ->> 'delivery_id' AS delivery_id,
    arg_max(entry.body ->> 'reading_version', entry.sequence)
      FILTER (entry.sequence <= publication_before.ledger_sequence) AS version_before,
    arg_max(entry.body ->> 'reading_version', entry.sequence) AS version_now
  FROM ledger.entry
  CROSS JOIN ledger.publication_before
  WHERE entry.kind = 'delivery_checked'
  GROUP BY ALL
),

read_anew AS (
  SELECT coalesce(list(delivery_id), []) AS delivery_ids
  FROM reading
  WHERE version_before <> version_now
),

approved_since AS (
  SELECT coalesce(list(DISTINCT entry.body ->> 'delivery_id'), []) AS delivery_ids
  FROM ledger.entry
  CROSS JOIN ledger.publication_before
  WHERE entry.kind = 'delivery_approved' AND entry.sequence > publication_before.ledger_sequence
),

in_force AS (
  SELECT coalesce(list(delivery_id), []) AS delivery_ids
  FROM ledger.delivery
  WHERE is_in_force
),

paired AS (
  SELECT
    agreement_id,
    indicator_id,
    area_id,
    period,
    coalesce(before.was_shown, false) AS was_shown,
    coalesce(now.is_shown, false) AS is_shown,
    -- What is withheld now was perhaps shown before: the number must not come back by way of a comparison.
    stat.is_withheld(now.missing_reason) AS is_withheld_now,
    CASE WHEN is_withheld_now AND now.value IS NULL THEN NULL ELSE before.value END AS old_value,
    now.value AS new_value,
    CASE WHEN is_withheld_now AND now.low IS NULL THEN NULL ELSE before.low END AS old_low,
    now.low AS new_low,
    CASE WHEN is_withheld_now AND now.high IS NULL THEN NULL ELSE before.high END AS old_high,
    now.high AS new_high,
    CASE WHEN is_withheld_now AND now.numerator IS NULL THEN NULL ELSE before.numerator END AS old_numerator,
    now.numerator AS new_numerator,
    CASE WHEN is_withheld_now AND now.denominator IS NULL THEN NULL ELSE before.denominator END AS old_denominator,
    now.denominator AS new_denominator,
    before.missing_reason AS old_missing_reason,
    -- A cell that is shown no more was at any rate not delivered to this publication.
    CASE WHEN now.is_shown THEN now.missing_reason ELSE 'not_delivered' END AS new_missing_reason,
    coalesce(now.source_id, before.source_id) AS source_id,
    before.delivery_id AS old_delivery_id,
    now.delivery_id AS new_delivery_id,
    list_filter(coalesce(before.came_in, []), lambda one: one IS NOT NULL) AS came_in_before,
    list_filter(coalesce(now.came_in, []), lambda one: one IS NOT NULL) AS came_in_now,
    before.corrected_because IS DISTINCT FROM now.corrected_because AS is_corrected_otherwise,
    before.definition_version AS old_definition_version,
    now.definition_version AS new_definition_version
  FROM before
  FULL JOIN now USING (agreement_id, indicator_id, area_id, period)
),

-- The last digits of a sum are not a change.
compared AS (
  SELECT
    *,
    list_filter([
      CASE WHEN coalesce(abs(old_value - new_value) > 1e-12 * greatest(abs(old_value), abs(new_value)),
        old_value IS DISTINCT FROM new_value) THEN 'value' END,
      CASE WHEN coalesce(abs(old_low - new_low) > 1e-12, old_low IS DISTINCT FROM new_low) THEN 'low' END,
      CASE WHEN coalesce(abs(old_high - new_high) > 1e-12, old_high IS DISTINCT FROM new_high) THEN 'high' END,
      CASE WHEN old_numerator IS DISTINCT FROM new_numerator THEN 'numerator' END,
      CASE WHEN old_denominator IS DISTINCT FROM new_denominator THEN 'denominator' END,
      CASE WHEN old_missing_reason IS DISTINCT FROM new_missing_reason THEN 'missing_reason' END
    ], lambda one: one IS NOT NULL) AS changed
  FROM paired
)

SELECT
  compared.* EXCLUDE (came_in_before, came_in_now, is_withheld_now, is_corrected_otherwise),
  CASE
    WHEN new_missing_reason = 'withheld_here' OR (old_missing_reason = 'withheld_here' AND is_shown) THEN 'withholding'
    WHEN list_has_any(came_in_now, approved_since.delivery_ids) THEN 'new_delivery'
    WHEN is_corrected_otherwise AND list_sort(came_in_before) = list_sort(came_in_now) THEN 'correction'
    WHEN new_missing_reason = 'rejected_by_a_check' THEN 'rejected'
    WHEN NOT list_has_all(in_force.delivery_ids, came_in_before) THEN 'rejected'
    -- An older delivery's figure stands again: its row in the newer one is let through no more.
    WHEN is_shown AND came_in_before <> [] AND list_sort(came_in_before) <> list_sort(came_in_now) THEN 'rejected'
    WHEN old_definition_version <> new_definition_version THEN 'method_change'
    -- The same bytes are read otherwise now: what was shown was a fault of the reading.
    WHEN list_has_any(read_anew.delivery_ids, came_in_now) THEN 'own_fault'
    -- Nothing came and no figure is the poorer: a figure is overdue now.
    WHEN old_value IS NULL AND new_value IS NULL THEN 'time_passed'
    ELSE 'method_change'
  END AS cause
FROM compared
CROSS JOIN approved_since
CROSS JOIN in_force
CROSS JOIN read_anew
WHERE compared.changed <> []
