-- The rule of small counts: 1 to `most_withheld` persons in the numerator, or so many outside it, or fewer in the
-- denominator than `fewest_shown`. A mean is about its denominator alone. A weighted count is rounded first.
CREATE OR REPLACE MACRO stat.is_small_count(kind, numerator, denominator, value, most_withheld, fewest_shown) AS
  coalesce(stat.counted_denominator(kind, numerator, denominator, value) < fewest_shown, false) OR CASE kind
    WHEN 'mean' THEN coalesce(denominator > 0 AND denominator <= most_withheld, false)
    ELSE coalesce(
        stat.counted_numerator(kind, numerator, denominator, value) > 1e-9
        AND stat.counted_numerator(kind, numerator, denominator, value) < most_withheld + 0.5, false
      ) OR coalesce(
        stat.counted_denominator(kind, numerator, denominator, value)
          - stat.counted_numerator(kind, numerator, denominator, value) > 1e-9
        AND stat.counted_denominator(kind, numerator, denominator, value)
          - stat.counted_numerator(kind, numerator, denominator, value) < most_withheld + 0.5, false
      )
  END;
