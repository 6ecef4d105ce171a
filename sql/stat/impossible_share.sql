-- Whether a share cannot be: below 0, above 1, or no number.
CREATE OR REPLACE MACRO stat.impossible_share(share) AS share < 0 OR share > 1 OR NOT isfinite(share::DOUBLE);
