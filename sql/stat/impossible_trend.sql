-- Whether rows of x of n at time t cannot be a trend: impossible counts, or times that are all one (an aggregate).
CREATE OR REPLACE MACRO stat.impossible_trend(x, n, t) AS
  bool_or(stat.impossible_count(x::DOUBLE, n::DOUBLE) OR NOT isfinite(t::DOUBLE)) OR min(t) = max(t);
