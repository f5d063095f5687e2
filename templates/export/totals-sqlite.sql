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
),
whole AS (
  SELECT p.*, {{total low}} AS low_digits, {{total high}} AS high_digits FROM parts AS p
)
SELECT
  w.listing AS listing, w.provider AS provider, {{currency}} AS currency, w.images AS images,
  CASE WHEN w.rows_priced > 0 THEN {{decimal w.low_digits}} END AS low,
  CASE WHEN w.rows_priced > 0 THEN {{decimal w.high_digits}} END AS high,
  w.rows_priced AS rows_priced, w.rows_refused AS rows_refused, w.rows_bad AS rows_bad,
  w.rows_priced > 0 AND w.rows_refused > 0 AS is_floor
FROM whole AS w;
