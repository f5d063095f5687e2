-- Whole numbers of 64 bits are too narrow: amounts are texts of digits, multiplied and added up in
-- parts of nine of them. What is too wide even so is an error ("integer overflow").
CREATE VIEW cogdex_totals AS
WITH parts AS (
  SELECT
    g.listing AS listing, g.provider AS provider,
    {{sums low}}
    {{sums high}}
    sum(CASE WHEN g.reason IS NULL THEN g.images ELSE 0 END) AS images,
    sum(CASE WHEN g.reason IS NULL THEN g.log_rows ELSE 0 END) AS rows_priced,
    sum(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN g.log_rows ELSE 0 END) AS rows_refused,
    sum(CASE WHEN g.bad = 1 THEN g.log_rows ELSE 0 END) AS rows_bad
  FROM cogdex_groups AS g
  GROUP BY g.listing, g.provider
)
SELECT
  p.listing AS listing, p.provider AS provider, {{currency}} AS currency, p.images AS images,
  CASE WHEN p.rows_priced > 0 THEN {{total low}} END AS low,
  CASE WHEN p.rows_priced > 0 THEN {{total high}} END AS high,
  p.rows_priced AS rows_priced, p.rows_refused AS rows_refused, p.rows_bad AS rows_bad,
  p.rows_priced > 0 AND p.rows_refused > 0 AS is_floor
FROM parts AS p;
