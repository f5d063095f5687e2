"""What the exports are tested with: a catalog that holds every kind of trouble, and seeded logs."""

import csv
import datetime
import pathlib
import random

HOSTILE = [
    "plain",
    "it's",
    "'); DROP TABLE cogdex_prices; --",
    'a "quoted" word, with a comma',
    "back\\slash\\' and \\n",
    "${env:HOME} $1 {size} {quality} {{day}}",
    "two\nlines;\nDROP TABLE usage;",
    "名前 ключ 🎨",
    "--",
    "/* */",
    "%s ? :name @x",
]

# Sizes: named by sources, within rules, beyond all rules, in both spellings, and broken.
SIZES = ["1024x1024", "1024*1024", "768x1344", "768*1344", "512x512", "640x480", "1000x1000"]
ODD_SIZES = ["513x512", "16384x16384", "1x1", "2048x1024", "3000x2000", "2000x2000", "64x64"]
OPEN_SIZES = ["", "auto"]
SPELLED_SIZES = ["1024X1024", "1024 x 1024", "1024×1024", " 768-x-1344", "1024x1024 ", "auto "]
BAD_SIZES = ["big", "0x10", "01x10", "10-24x1024", "10x", "16385x10", "1024x1024x3", "99999999x9",
             "1024*x1024", "-5x5", "5x5-", "1.5x2", "１０２４x1024"]
QUALITIES = ["", "standard", "hd", "HD", "ultra", "h'd\\", "{size}", "other"]

CATALOG = {
    "catalog.toml": "format = 1\n",
    "sources.toml": "".join(
        f'[{name}]\naddress = "https://example.com/{name}"\ntitle = "{name}"\nkind = "page"\n'
        for name in ["page", "other", "third"]
    ),
    "rates.toml": "".join(
        f'[[rate]]\nrate = "1 USD = {rate} CNY"\ndate = {date}\nsource = "page"\nofficial = true\n'
        for rate, date in [("7.1108", "2025-08-27"), ("7.0197", "2026-01-08")]
    ),
    "models/m.toml": 'name = "M"\nfamily = "cogview-4"\n',
    "providers/p.toml": 'name = "P"\n',
    "providers/q.toml": 'name = "Q"\n[[statement]]\nsource = "page"\nseen = 2025-03-01\n'
    'fee = { rate = "5%", on = "top-up" }\n',
    # Two sides with different rules, and a price by the megapixel.
    "listings/p/rules.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-02-01
at = "it's a 'place' \\\\ here; -- ${env:HOME}"
price = "0.0123456789 USD / megapixel"
sizes = { min = 512, max = 2048, divisor = 16, max-pixels = 2097152 }
[[statement]]
source = "other"
seen = 2025-06-01
at = "DROP TABLE cogdex_prices; /* \\\\' {size} $1"
sizes = { min = 64, max = 1024, divisor = 32 }
""",
    # A list against a rule, prices by size and quality, a change of price.
    "listings/p/list.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-02-01
price = [{ price = "0.010 USD / image", size = "1024x1024", quality = "standard" },
  { price = "0.020 USD / image", size = "1024x1024", quality = "hd" },
  { price = "0.030 USD / image", quality = "h'd\\\\" }]
sizes = ["1024x1024", "768x1344"]
qualities = ["standard", "hd", "h'd\\\\"]
[[statement]]
source = "other"
seen = 2025-09-15
sizes = { max = 3000 }
[[statement]]
source = "page"
seen = 2026-02-01
price = [{ price = "0.011 USD / image", size = "1024x1024", quality = "standard" },
  { price = "0.022 USD / image", size = "1024x1024", quality = "hd" }]
default-quality = "hd"
""",
    # Credits that are disputed, a fee of the provider, from the middle of the log on.
    "listings/q/credits.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-11-01
price = "4 credits / image"
credits = "3 credits = 0.008 USD"
sizes = ["1024x1024"]
[[statement]]
source = "other"
seen = 2026-01-15
credits = "4 credits = 0.04 USD"
""",
    # Yuan, with no rate before the first, by the pixel.
    "listings/q/yuan.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-01-10
price = "0.000000123456 CNY / pixel"
qualities = ["standard", "hd"]
[[statement]]
source = "third"
seen = 2026-03-01
price = "0.06 CNY / image"
""",
    "listings/q/seconds.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-01-10
price = [{ price = "0.0014 USD / second", hardware = "l40s" }]
""",
    "listings/q/unknown.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-01-10
mode = "sync"
""",
    "listings/q/free.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-01-10
price = "0 USD / image"
sizes = { divisor = 7 }
""",
    # So much a call and so much a megapixel, with three fees; and the same in credits that have no
    # end as decimals.
    "listings/p/sum.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-02-01
price = "0.00123456 USD / call + 0.0123 USD / megapixel"
megapixel = 1000000
megapixel-rounding = "exact"
fee = [{ rate = "7.3%", on = "top-up" }, { amount = "0.0007 USD", on = "call" },
  { rate = "19%", on = "tax" }]
[[statement]]
source = "other"
seen = 2026-02-01
price = "0.003 CNY / call + 0.02 CNY / megapixel"
""",
    "listings/q/both.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-02-01
price = "3 credits / call + 2 credits / megapixel"
credits = "7 credits = 0.03 USD"
megapixel = 1000000
megapixel-rounding = "exact"
""",
    # A promotion, and a price of batches.
    "listings/q/promotion.toml": """model = "m"
[[statement]]
source = "page"
seen = 2025-02-01
price = [{ price = "0.05 CNY / image" }, { price = "50%", mode = "batch" },
  { price = "0.03 CNY / image", from = 2025-11-11, until = 2025-12-12 }]
""",
    "listings/q/call.toml": """model = "m"
[[statement]]
source = "page"
seen = 2026-11-01
price = "0.02 EUR / call"
""",
}


def catalog(folder):
    for path, text in CATALOG.items():
        file = pathlib.Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(folder)


def spelled(chance, moment):
    """A moment, with one offset or another; the day may be another than that of UTC."""
    minutes = chance.choice([0, 0, 0, 90, -150, 720, -720])
    local = moment + datetime.timedelta(minutes=minutes)
    sign = "-" if minutes < 0 else "+"
    offset = "Z" if minutes == 0 else f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return local.strftime("%Y-%m-%dT%H:%M:%S") + offset


def write(path, rows, seed):
    """A log as CSV, with the time of each row in some zone; some rows can't be read."""
    chance = random.Random(seed)
    first = datetime.datetime(2024, 12, 1)
    days = (datetime.datetime(2026, 12, 1) - first).days
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", "images", "size", "quality", "listing", "tag"])
        for _ in range(rows):
            moment = first + datetime.timedelta(
                days=chance.randrange(days),
                seconds=chance.choice([0, 1, 86399, chance.randrange(86400)]),
            )
            if chance.random() < 0.002:
                moment = moment.replace(year=1969)
            images = chance.choice([1, 2, 4, 10, chance.randrange(1, 100_000)])
            if chance.random() < 0.01:
                images = chance.choice([0, -1, -5, "", 1_000_000_000_001])
            kind = chance.random()
            if kind < 0.75:
                size = chance.choice(SIZES)
            elif kind < 0.85:
                size = chance.choice(ODD_SIZES + SPELLED_SIZES)
            elif kind < 0.96:
                size = f"{chance.randrange(1, 3000)}{chance.choice('x*')}{chance.randrange(1, 3000)}"
            elif kind < 0.98:
                size = chance.choice(OPEN_SIZES)
            else:
                size = chance.choice(BAD_SIZES)
            quality = chance.choice(QUALITIES)
            if chance.random() < 0.003:
                quality = "é" * 101
            listing = chance.choice(["", "p/rules", "gone/listing", "it's"])
            tag = chance.choice(HOSTILE + [""])
            out.writerow([spelled(chance, moment), images, size, quality, listing, tag])
