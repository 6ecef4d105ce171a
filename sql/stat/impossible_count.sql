-- Whether counts cannot be: a negative part, an empty whole, a part larger than its whole.
CREATE OR REPLACE MACRO stat.impossible_count(x, n) AS x < 0 OR n <= 0 OR x > n OR NOT isfinite(x) OR NOT isfinite(n);
