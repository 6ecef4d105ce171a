-- What is known now: of each figure the release of the newest approved delivery of its source.
-- kind: view
FROM core.observation
ANTI JOIN core.superseded_observation
  ON observation.delivery_id = superseded_observation.delivery_id
  AND observation.row_number = superseded_observation.row_number
