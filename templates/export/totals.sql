-- A quotient is taken once, last, for all images that cost the same, and rounded half to even by
-- the remainder at 12 decimals; all else is exact.
{{view}} cogdex_totals AS
WITH groups_once AS (
  SELECT
    g.listing AS listing, g.provider AS provider, g.low_each AS low_each,
    g.low_divisor AS low_divisor, g.high_each AS high_each, g.high_divisor AS high_divisor,
    g.images AS images, g.log_rows AS log_rows, g.reason AS reason, g.bad AS bad
  FROM cogdex_groups AS g
),
low_images AS (
  SELECT g.listing AS listing, g.low_each AS each_amount, g.low_divisor AS divisor,
    sum(g.images) AS images
  FROM groups_once AS g WHERE g.reason IS NULL GROUP BY g.listing, g.low_each, g.low_divisor
),
low_shares AS (
  SELECT s.listing AS listing, {{share s.each_amount s.divisor s.images}} AS share
  FROM low_images AS s
),
low_totals AS (
  SELECT s.listing AS listing, {{sum s.share}} AS total FROM low_shares AS s GROUP BY s.listing
),
high_images AS (
  SELECT g.listing AS listing, g.high_each AS each_amount, g.high_divisor AS divisor,
    sum(g.images) AS images
  FROM groups_once AS g WHERE g.reason IS NULL GROUP BY g.listing, g.high_each, g.high_divisor
),
high_shares AS (
  SELECT s.listing AS listing, {{share s.each_amount s.divisor s.images}} AS share
  FROM high_images AS s
),
high_totals AS (
  SELECT s.listing AS listing, {{sum s.share}} AS total FROM high_shares AS s GROUP BY s.listing
),
counts AS (
  SELECT
    g.listing AS listing, g.provider AS provider,
    sum(CASE WHEN g.reason IS NULL THEN g.images ELSE {{count 0}} END) AS images,
    sum(CASE WHEN g.reason IS NULL THEN g.log_rows ELSE 0 END) AS rows_priced,
    sum(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN g.log_rows ELSE 0 END) AS rows_refused,
    sum(CASE WHEN g.bad = 1 THEN g.log_rows ELSE 0 END) AS rows_bad
  FROM groups_once AS g
  GROUP BY g.listing, g.provider
)
SELECT
  c.listing AS listing, c.provider AS provider, {{currency}} AS currency, c.images AS images,
  CASE WHEN c.rows_priced > 0 THEN l.total END AS low,
  CASE WHEN c.rows_priced > 0 THEN h.total END AS high,
  c.rows_priced AS rows_priced, c.rows_refused AS rows_refused, c.rows_bad AS rows_bad,
  c.rows_priced > 0 AND c.rows_refused > 0 AS is_floor
FROM counts AS c
LEFT JOIN low_totals AS l ON l.listing = c.listing
LEFT JOIN high_totals AS h ON h.listing = c.listing;
