{{view}} cogdex_totals AS
SELECT
  g.listing AS listing, g.provider AS provider, {{currency}} AS currency,
  sum(CASE WHEN g.reason IS NULL THEN g.images ELSE {{count 0}} END) AS images,
  {{sum g.low}} AS low,
  {{sum g.high}} AS high,
  sum(CASE WHEN g.reason IS NULL THEN g.log_rows ELSE 0 END) AS rows_priced,
  sum(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN g.log_rows ELSE 0 END) AS rows_refused,
  sum(CASE WHEN g.bad = 1 THEN g.log_rows ELSE 0 END) AS rows_bad,
  max(CASE WHEN g.reason IS NULL THEN 1 ELSE 0 END) = 1
    AND max(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN 1 ELSE 0 END) = 1 AS is_floor
FROM cogdex_groups AS g
GROUP BY g.listing, g.provider;
