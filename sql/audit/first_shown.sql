-- Each figure, or stated reason for none, that this publication is the first to show: it has a row in mart.indicator_series
-- now, and had none in the publication before. No row where there is no publication before.
SELECT
  changed_figure.agreement_id,
  changed_figure.indicator_id,
  changed_figure.area_id,
  changed_figure.period
FROM audit.changed_figure
CROSS JOIN ledger.publication_before
WHERE changed_figure.is_shown AND NOT changed_figure.was_shown
