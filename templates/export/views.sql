{{view}} cogdex_usage AS
WITH plain AS (
  SELECT
    {{day}} AS day,
    CASE WHEN u.time IS NULL THEN 1 ELSE 0 END AS no_time,
    u.images AS images,
    {{text u.size}} AS size,
    {{spelled u.size}} AS spelled,
    {{text u.quality}} AS quality,
    {{text u.listing}} AS log_listing,
    {{text u.tag}} AS tag
  FROM {{usage}} AS u
),
named AS (
  SELECT
    p.day, p.no_time, p.images, p.size, p.quality, p.log_listing, p.tag,
    CASE WHEN {{is_size}} THEN {{sides}} END AS sides
  FROM plain AS p
),
sided AS (
  SELECT
    n.day, n.no_time, n.images, n.size, n.quality, n.log_listing, n.tag, n.sides,
    {{width}} AS width,
    {{height}} AS height
  FROM named AS n
),
judged AS (
  SELECT
    s.day, s.images, s.size, s.quality, s.log_listing, s.tag, s.sides, s.width, s.height,
    CASE
      WHEN s.images IS NULL THEN 'missing-value'
      WHEN {{is_no_count}} THEN 'not-a-count'
      WHEN s.no_time = 1 THEN 'missing-value'
      WHEN s.day IS NULL THEN '{{no_day}}'
      WHEN s.day < {{date 1970-01-01}} OR s.day > {{date 9999-12-31}} THEN 'time-out-of-range'
      WHEN s.size NOT IN ('', 'auto') AND s.sides IS NULL THEN 'not-a-size'
      WHEN s.width > {{longest}} OR s.height > {{longest}} THEN 'not-a-size'
      WHEN {{bytes s.quality}} > 200 THEN 'word-too-long'
      WHEN s.sides IS NULL THEN 'size-not-given'
      ELSE ''
    END AS fault
  FROM sided AS s
)
SELECT
  j.day AS day, j.fault AS fault, coalesce(j.sides, j.size) AS size, j.width AS width,
  j.height AS height, j.quality AS quality, j.log_listing AS log_listing, j.tag AS tag,
  count(*) AS log_rows,
  sum(CASE WHEN j.fault IN ('', 'size-not-given') THEN {{count j.images}} ELSE {{count 0}} END) AS images
FROM judged AS j
GROUP BY
  j.day, j.fault, coalesce(j.sides, j.size), j.width, j.height, j.quality, j.log_listing, j.tag;

{{view}} cogdex_groups AS
WITH named_sizes AS (
  SELECT DISTINCT c.size AS size, 1 AS found
  FROM cogdex_conditions AS c WHERE c.fault = '' AND c.size <> '*'
),
named_qualities AS (
  SELECT DISTINCT c.quality AS quality, 1 AS found
  FROM cogdex_conditions AS c WHERE c.quality_is = 'named'
),
keyed AS (
  SELECT
    u.day AS day, u.fault AS fault, u.size AS size, u.width AS width, u.height AS height,
    u.quality AS quality, u.log_listing AS log_listing, u.tag AS tag, u.log_rows AS log_rows,
    u.images AS images,
    {{wide u.width}} * {{wide u.height}} AS pixels,
    CASE WHEN u.fault = '' THEN u.day ELSE {{date 1970-01-01}} END AS at_day,
    CASE
      WHEN u.fault <> '' THEN ''
      WHEN coalesce(s.found, 0) = 1 THEN u.size
      ELSE '*'
    END AS key_size,
    CASE
      WHEN u.fault <> '' OR u.quality = '' THEN 'default'
      WHEN coalesce(q.found, 0) = 1 THEN 'named'
      ELSE 'other'
    END AS key_quality_is,
    CASE WHEN u.fault = '' AND coalesce(q.found, 0) = 1 THEN u.quality ELSE '' END AS key_quality
  FROM cogdex_usage AS u
  LEFT JOIN named_sizes AS s ON s.size = u.size
  LEFT JOIN named_qualities AS q ON q.quality = u.quality
),
rated AS (
  SELECT
    k.day AS day, k.fault AS fault, k.size AS size, k.quality AS quality,
    k.log_listing AS log_listing, k.tag AS tag, k.log_rows AS log_rows, k.images AS images,
    p.listing AS listing, p.provider AS provider, p.id AS id, p.amount AS amount,
    p.divisor AS divisor,
    {{each p.amount p.base}} AS each_amount,
    {{each p.comparable p.comparable_base}} AS comparable
  FROM keyed AS k
  JOIN cogdex_conditions AS c
    ON c.fault = k.fault AND c.size = k.key_size
    AND c.quality_is = k.key_quality_is AND c.quality = k.key_quality
  JOIN cogdex_prices AS p ON p.condition = c.condition
  WHERE p.valid_from <= k.at_day AND (p.valid_to IS NULL OR k.at_day < p.valid_to)
    AND (p.size_min IS NULL OR (k.width >= p.size_min AND k.height >= p.size_min))
    AND (p.size_max IS NULL OR (k.width <= p.size_max AND k.height <= p.size_max))
    AND (p.size_divisor IS NULL
      OR (k.width % p.size_divisor = 0 AND k.height % p.size_divisor = 0))
    AND (p.size_pixels IS NULL OR k.pixels <= p.size_pixels)
),
ranked AS (
  SELECT
    r.day AS day, r.fault AS fault, r.size AS size, r.quality AS quality,
    r.log_listing AS log_listing, r.tag AS tag, r.log_rows AS log_rows, r.images AS images,
    r.listing AS listing, r.provider AS provider, r.id AS id, r.amount AS amount,
    r.divisor AS divisor, r.each_amount AS each_amount,
    row_number() OVER (
      PARTITION BY r.day, r.fault, r.size, r.quality, r.log_listing, r.tag, r.listing
      ORDER BY CASE WHEN r.amount IS NULL THEN 1 ELSE 0 END, r.comparable, r.id
    ) AS from_low,
    row_number() OVER (
      PARTITION BY r.day, r.fault, r.size, r.quality, r.log_listing, r.tag, r.listing
      ORDER BY CASE WHEN r.amount IS NULL THEN 1 ELSE 0 END, r.comparable DESC, r.id
    ) AS from_high
  FROM rated AS r
),
priced AS (
  SELECT
    r.day AS day, r.fault AS fault, r.size AS size, r.quality AS quality,
    r.log_listing AS log_listing, r.tag AS tag, r.log_rows AS log_rows, r.images AS images,
    r.listing AS listing, r.provider AS provider,
    min(CASE WHEN r.from_low = 1 THEN r.each_amount END) AS low_each,
    min(CASE WHEN r.from_low = 1 THEN r.divisor END) AS low_divisor,
    min(CASE WHEN r.from_high = 1 THEN r.each_amount END) AS high_each,
    min(CASE WHEN r.from_high = 1 THEN r.divisor END) AS high_divisor,
    coalesce(min(CASE WHEN r.amount IS NULL THEN r.id END), min(r.id)) AS reason_id
  FROM ranked AS r
  GROUP BY
    r.day, r.fault, r.size, r.quality, r.log_listing, r.tag, r.log_rows, r.images, r.listing,
    r.provider
)
SELECT
  x.day AS day, x.log_listing AS log_listing, x.tag AS tag, x.size AS size, x.quality AS quality,
  x.listing AS listing, x.provider AS provider, x.log_rows AS log_rows, x.images AS images,
  x.low_each AS low_each, x.low_divisor AS low_divisor, x.high_each AS high_each,
  x.high_divisor AS high_divisor,{{group_amounts}}
  CASE WHEN x.low_each IS NULL
    THEN replace(replace(r.reason, '{size}', x.size), '{quality}', x.quality)
  END AS reason,
  CASE WHEN x.fault IN ('', 'size-not-given') THEN 0 ELSE 1 END AS bad,
  CASE WHEN x.low_each IS NULL AND x.fault IN ('', 'size-not-given') THEN 1 ELSE 0 END AS is_floor
FROM priced AS x
JOIN cogdex_prices AS r ON r.id = x.reason_id;

{{totals}}

{{view}} cogdex_refusals AS
SELECT g.listing AS listing, g.reason AS reason, g.bad AS bad, sum(g.log_rows) AS log_rows
FROM cogdex_groups AS g
WHERE g.reason IS NOT NULL
GROUP BY g.listing, g.reason, g.bad;
