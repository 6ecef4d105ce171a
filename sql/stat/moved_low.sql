-- Lower 95 % limit of how much a gap with its limits (stat.gap_limits and its like) changed from period 0 to t.
-- In a list of one they are worked out once each.
CREATE OR REPLACE MACRO stat.moved_low(gap_limits_0, gap_limits_t) AS list_transform(
  [{'first': gap_limits_0, 'then': gap_limits_t}],
  lambda one: stat.mover_low(one.first.gap, one.first.low, one.first.high, one.then.gap, one.then.low, one.then.high)
)[1];
