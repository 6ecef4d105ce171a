-- Whether this is why a figure is empty: it is withheld, here or by its source. Never NULL.
CREATE OR REPLACE MACRO stat.is_withheld(missing_reason) AS
  coalesce(missing_reason IN ('withheld_here', 'withheld_by_source', 'below_source_threshold'), false);
