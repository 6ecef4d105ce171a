-- Every source and part: what came last, what is expected, and in what state it is.
SELECT
  freshness.* EXCLUDE (received_at),
  epoch_us(freshness.received_at) // 1000000 AS received_at_seconds,
  source.source_en,
  source.publisher,
  source.publisher_en,
  source.licence,
  source.licence_en,
  source.url,
  source.expected_en AS expected_in_words_en
FROM mart.freshness
INNER JOIN catalogue.source ON freshness.source_id = source.source_id
ORDER BY freshness.source_id, freshness.part_id
