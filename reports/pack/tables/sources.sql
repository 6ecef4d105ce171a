-- The sources: who publishes them, under which licence, and who lets their deliveries through.
SELECT source_id, source, source_en, publisher, publisher_en, licence, licence_en, url, approval
FROM catalogue.source
ORDER BY source_id
