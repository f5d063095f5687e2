"""`cogdex export sql` and `export parquet` in the real engines: each prices the same logs, and every
listing has to come to what `cogdex reprice` says of them, to the last digit, with the same rows
refused for the same reasons.

    python prices.py COGDEX ENGINE..."""

import collections
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import engines
import log

# To the last digit: no sum in here is rounded.
decimal.getcontext().prec = 100
decimal.getcontext().traps[decimal.Inexact] = True

SECONDS = ["--seconds-per-image", "3.7", "--hardware", "l40s"]


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout


def plain(reason):
    """The heart of a reason: not what is nearest, nor which sides differ on a size. Both are others
    for every size and word, and the book says them of those that it names."""
    heart = re.search(r"\d+x\d+ is not offered", reason) or re.search(
        r"`.*` is (?:not offered|offered for .* alone)", reason, flags=re.S
    )
    return heart.group() if heart else reason


def exact(amount):
    return None if amount is None else decimal.Decimal(str(amount)).normalize()


def expected(cogdex, flags, path):
    text = run(cogdex, "reprice", path, "--format", "json", "--by", "month,tag", "--allow-bad",
               "1000000", "-q", *flags)
    document = json.loads(text)
    bad = document["bad_rows"]["count"]
    totals, refusals, groups = {}, collections.Counter(), {}
    for row in document["rows"]:
        total = row["total"] or {"low": None, "high": None}
        refused = row["log_rows"]["refused"]
        totals[row["listing"]] = (
            exact(total["low"]), exact(total["high"]), row["images"], row["log_rows"]["priced"],
            sum(each["count"] for each in refused), bad, row["floor"],
        )
        for each in refused:
            refusals[row["listing"], plain(each["reason"])] += each["count"]
    for group in document["groups"]:
        if group["total"] is not None:
            key = group["by"]["month"], group["by"]["tag"], group["listing"]
            groups[key] = exact(group["total"]["low"]), exact(group["total"]["high"])
    return totals, refusals, groups


def found(engine):
    totals, refusals, groups = {}, collections.Counter(), {}
    for listing, low, high, *counts, is_floor in engine.ask(
        "SELECT listing, low, high, images, rows_priced, rows_refused, rows_bad, is_floor "
        "FROM cogdex_totals"
    ):
        counts = [int(count) for count in counts]
        totals[listing] = exact(low), exact(high), *counts, is_floor in (True, 1, "1", "t", "true")
    for listing, reason, rows in engine.ask(
        "SELECT listing, reason, log_rows FROM cogdex_refusals WHERE bad = 0"
    ):
        refusals[listing, plain(reason)] += int(rows)
    if engine.has_decimals:
        for month, tag, listing, low, high in engine.ask(
            f"SELECT {engine.month} AS month, tag, listing, sum(low) AS l, sum(high) AS h "
            f"FROM cogdex_groups WHERE reason IS NULL GROUP BY {engine.month}, tag, listing"
        ):
            groups[month, tag, listing] = exact(low), exact(high)
    return totals, refusals, groups


def same(what, got, want):
    for key in sorted(set(got) | set(want), key=str):
        assert got.get(key) == want.get(key), f"{what} of {key}: {got.get(key)} not {want.get(key)}"


def close(what, got, want):
    """Groups are made of the shares of a total cut smaller, each of which is rounded: they may differ
    in the last digit."""
    assert set(got) == set(want), f"{what}: not the same groups"
    for key, amounts in want.items():
        for mine, theirs in zip(got[key], amounts):
            off = abs(mine - theirs)
            assert off <= decimal.Decimal("1e-9"), f"{what} of {key}: {got[key]} not {amounts}"


def check(cogdex, name, folder):
    totals = rows = 0
    hostile = ["--catalog", log.catalog(folder / "catalog")]
    for place, flags in enumerate([
        hostile,
        [*hostile, "--currency", "CNY", "--rate", "CNY/USD=0.1398765", *SECONDS],
        [*hostile, "--as-of", "2025-10-01", "--rate", "CNY/USD=0.14"],
        [*hostile, "--mode", "batch", "--model", "q/promotion"],
        ["--model", "any"],
    ]):
        path = str(folder / f"log-{place}.csv")
        log.write(path, 20_000, seed=5 + place)
        want = expected(cogdex, flags, path)
        with engines.ENGINES[name](folder) as engine:
            book = run(cogdex, "export", "sql", *engine.flags, "-q", *flags)
            engine.load(book, path, naive=engine.has_naive and place == 1)
            got = found(engine)
        what = f"{name}, {' '.join(flags)}"
        same(f"{what}: total", got[0], want[0])
        same(f"{what}: refused rows", got[1], want[1])
        if engine.has_decimals:
            close(f"{what}: group", got[2], want[2])
        totals += sum(total[0] is not None for total in want[0].values())
        rows += sum(total[3] for total in want[0].values())
    assert totals > 25, "the logs are priced nowhere"
    print(f"{name}: {totals} totals of {rows} prices equal those of reprice: ok")


def check_width(cogdex, name, folder):
    """A total that is too wide for an engine's numbers is an error, and never another total."""
    listing = folder / "wide" / "listings" / "p" / "wide.toml"
    log.catalog(folder / "wide")
    listing.write_text(
        'model = "m"\n[[statement]]\nsource = "page"\nseen = 2025-01-10\n'
        'price = "99999999999999.123456789012 USD / image"\n', encoding="utf-8"
    )
    path = folder / "wide.csv"
    path.write_text("time,images,size,quality,listing,tag\n"
                    "2026-11-20T00:00:00Z,1000000000000,64x64,,,\n", encoding="utf-8")
    flags = ["--catalog", str(folder / "wide"), "--rate", "CNY/USD=0.14", "-q"]
    with engines.ENGINES[name](folder) as engine:
        # A view may keep the settings under which it is made.
        engine.loosen()
        engine.load(run(cogdex, "export", "sql", *engine.flags, *flags), str(path))
        try:
            [[low]] = engine.ask("SELECT low FROM cogdex_totals WHERE listing = 'p/wide'")
        except Exception as error:  # each engine has a kind of its own
            low = None
            print(f"{name}: what is too wide is an error: {str(error).strip()[:70]!r}")
        assert low is None or exact(low) == exact("99999999999999123456789012"), low


def check_parquet(cogdex, folder):
    """The one table of the file says what the tables of the SQL say."""
    import pyarrow.parquet

    path = str(folder / "book.parquet")
    flags = ["--catalog", log.catalog(folder / "catalog")]
    pathlib.Path(path).write_bytes(run(cogdex, "export", "parquet", "-q", *flags))
    usage = str(folder / "log.csv")
    log.write(usage, 10, seed=5)
    with engines.ENGINES["duckdb"](folder) as engine:
        engine.load(run(cogdex, "export", "sql", "--dialect", "duckdb", "-q", *flags), usage)
        columns = [name for name, *_ in engine.ask(f"DESCRIBE SELECT * FROM '{path}'")]
        described = engine.ask(f"DESCRIBE SELECT * FROM '{path}'")
        kinds = {name: kind for name, kind, *_ in described}
        names = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
        # In the file amounts are decimals, in the tables whole numbers of their last digit.
        whole = ", ".join(
            f"CAST(CAST(replace(CAST({name} AS VARCHAR), '.', '') AS HUGEINT) AS VARCHAR)"
            if kinds[name].startswith("DECIMAL") else f"CAST({name} AS VARCHAR)"
            for name in columns
        )
        flat = engine.ask(f"SELECT {whole} FROM '{path}'")
        [[scale]] = engine.ask("SELECT scale FROM cogdex_books")
        tables = "cogdex_prices JOIN cogdex_conditions USING (condition) CROSS JOIN cogdex_books"
        joined = engine.ask(f"SELECT {names} FROM {tables}")
        assert len(flat) > 100 and collections.Counter(flat) == collections.Counter(joined)
        decimals = {"amount": scale, "base": scale, "price": 12, "credit": 12, "rate": 12}
        for name, digits in decimals.items():
            assert kinds[name] == f"DECIMAL(38,{digits})", (name, kinds[name])
    table = pyarrow.parquet.read_table(path)
    assert table.num_rows == len(flat) and table.column_names == columns
    metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert len(metadata["digest"]) == 64 and metadata["currency"] == "USD", metadata
    print(f"parquet: {len(flat)} rows are those of the tables, in DuckDB and pyarrow: ok")


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as temporary:
            if wanted == "parquet":
                check_parquet(sys.argv[1], pathlib.Path(temporary))
            else:
                check(sys.argv[1], wanted, pathlib.Path(temporary))
                check_width(sys.argv[1], wanted, pathlib.Path(temporary))
