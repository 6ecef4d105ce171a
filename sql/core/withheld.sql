-- Rows of core.observation whose figures are withheld here: `primary` for their own small counts, `secondary` because
-- others could be computed from them. No value stands here.
FROM raw.withheld
