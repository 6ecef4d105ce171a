"""What we measure: goals, indicators, agreements and source contracts, declared and checked."""
