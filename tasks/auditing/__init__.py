"""The parts of an audit: what belongs to a year, the tables, a sample, the index, the archive."""
