-- Whole numbers of 64 bits are too narrow for totals: these are added up in two halves. What is
-- too wide even so is an error ("integer overflow").
CREATE VIEW cogdex_totals AS
WITH halves AS (
  SELECT
    g.listing AS listing, g.provider AS provider,
    sum(CASE WHEN g.reason IS NULL THEN g.images ELSE 0 END) AS images,
    sum({{product g.images * (g.low_each / 1000000000)}}) AS low_1,
    sum({{product g.images * (g.low_each % 1000000000)}}) AS low_0,
    sum({{product g.images * (g.high_each / 1000000000)}}) AS high_1,
    sum({{product g.images * (g.high_each % 1000000000)}}) AS high_0,
    sum(CASE WHEN g.reason IS NULL THEN g.log_rows ELSE 0 END) AS rows_priced,
    sum(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN g.log_rows ELSE 0 END) AS rows_refused,
    sum(CASE WHEN g.bad = 1 THEN g.log_rows ELSE 0 END) AS rows_bad
  FROM cogdex_groups AS g
  GROUP BY g.listing, g.provider
),
carried AS (
  SELECT
    h.*,
    printf('%0{{wide_scale}}d%09d', {{product h.low_1 + h.low_0 / 1000000000}}, h.low_0 % 1000000000) AS low,
    printf('%0{{wide_scale}}d%09d', {{product h.high_1 + h.high_0 / 1000000000}}, h.high_0 % 1000000000) AS high
  FROM halves AS h
)
SELECT
  c.listing AS listing, c.provider AS provider, {{currency}} AS currency, c.images AS images,
  CASE WHEN c.rows_priced > 0 THEN
    substr(c.low, 1, length(c.low) - {{scale}}) || '.' || substr(c.low, -{{scale}})
  END AS low,
  CASE WHEN c.rows_priced > 0 THEN
    substr(c.high, 1, length(c.high) - {{scale}}) || '.' || substr(c.high, -{{scale}})
  END AS high,
  c.rows_priced AS rows_priced, c.rows_refused AS rows_refused, c.rows_bad AS rows_bad,
  c.rows_priced > 0 AND c.rows_refused > 0 AS is_floor
FROM carried AS c;
