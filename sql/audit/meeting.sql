-- One row per board meeting, as it was last recorded: when, on which publication, who was there, which minutes.
WITH recorded AS (
  SELECT
    body ->> 'meeting_id' AS meeting_id,
    arg_max(body, sequence) AS body,
    max(sequence) AS recorded_sequence,
    arg_max(time, sequence) AS recorded_at,
    arg_max(actor, sequence) AS recorded_by,
    count(*) - 1 AS times_corrected
  FROM ledger.entry
  WHERE kind = 'meeting_recorded'
  GROUP BY ALL
),

made AS (
  SELECT digest, time
  FROM ledger.entry
  WHERE kind = 'publication_made'
)

SELECT
  recorded.meeting_id,
  recorded.body ->> 'agreement_id' AS agreement_id,
  (recorded.body ->> 'date')::DATE AS meeting_date,
  recorded.body ->> 'publication_id' AS publication_id,
  recorded.body ->> 'publication_digest' AS publication_digest,
  made.time AS published_at,
  recorded.body ->> 'superseded_by' AS superseded_by,
  recorded.body ->> 'papers_sha256' AS papers_sha256,
  array_to_string(from_json(recorded.body -> '$.present[*].name', '["VARCHAR"]'), ', ') AS present,
  recorded.body ->> '$.minutes.reference' AS minutes_reference,
  recorded.body ->> '$.minutes.name' AS minutes_name,
  recorded.body ->> '$.minutes.sha256' AS minutes_sha256,
  recorded.recorded_at,
  recorded.recorded_by,
  recorded.times_corrected,
  recorded.body ->> 'corrects' AS corrected_because,
  recorded.body -> 'indicators' AS indicators,
  recorded.body -> 'actions_done' AS actions_done
FROM recorded
LEFT JOIN made ON recorded.body ->> 'publication_digest' = made.digest
