-- Every run of the pipeline: when it began and ended, who started it and why, how it ended. A rerun names the person.
WITH started AS (
  SELECT
    body ->> 'run_id' AS run_id,
    time AS started_at,
    actor,
    coalesce((body ->> 'rerun')::BOOLEAN, false) AS is_rerun,
    reason
  FROM ledger.entry
  WHERE kind = 'run_started'
),

finished AS (
  SELECT
    body ->> 'run_id' AS run_id,
    time AS finished_at,
    body ->> 'outcome' AS outcome
  FROM ledger.entry
  WHERE kind = 'run_finished'
)

SELECT
  started.run_id,
  started.started_at,
  started.actor,
  started.is_rerun,
  started.reason,
  finished.finished_at,
  CASE
    WHEN started.run_id = build.run_id THEN 'made this publication'
    ELSE coalesce(finished.outcome, 'cut off')
  END AS outcome
FROM started
LEFT JOIN finished USING (run_id)
CROSS JOIN ledger.build
