"""Reading received files: each format's reader leaves the relation `published`, text as published."""
