"""The engines: each loads a book and a log, and answers questions about them."""

import csv
import io
import json
import logging
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import tempfile

# Far from UTC, so that an engine that reads days in the session's zone is found out.
ZONE = "America/New_York"


class Engine:
    kind = "sql"
    flags = ()
    has_decimals = True
    # Whether the log may also be loaded with times that have no zone, which are UTC.
    has_naive = False
    month = "substr(CAST(day AS VARCHAR(10)), 1, 7)"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def loosen(self):
        """Settings with which the engine would rather give no answer than an error."""


def statements(book):
    """A file's statements: each ends with ; at the end of a line, and no text holds a line's end."""
    parts = book.decode().split(";\n")
    assert parts.pop().strip() == ""
    return parts


class DuckDb(Engine):
    flags = ("--dialect", "duckdb")
    has_naive = True

    def __enter__(self):
        import duckdb

        self.database = duckdb.connect()
        self.database.execute(f"SET TimeZone = '{ZONE}'")
        return self

    def __exit__(self, *_):
        self.database.close()

    def load(self, book, path, naive=False):
        self.usage(path, naive)
        # Twice: a book takes the place of an older one.
        self.database.execute(book.decode())
        self.database.execute(book.decode())

    def usage(self, path, naive):
        zone = "* REPLACE (timezone('UTC', time) AS time)" if naive else "*"
        self.database.execute(
            f"CREATE TABLE usage AS SELECT {zone} FROM read_csv(?, header = true, columns = {{"
            "'time': 'TIMESTAMPTZ', 'images': 'BIGINT', 'size': 'VARCHAR', 'quality': 'VARCHAR', "
            "'listing': 'VARCHAR', 'tag': 'VARCHAR'})",
            [path],
        )

    def ask(self, question):
        return self.database.execute(question).fetchall()


class Sqlite(Engine):
    flags = ("--dialect", "sqlite")
    has_decimals = False

    def __enter__(self):
        self.database = sqlite3.connect(":memory:")
        return self

    def __exit__(self, *_):
        self.database.close()

    def load(self, book, path, naive=False):
        self.database.execute("CREATE TABLE usage (time, images, size, quality, listing, tag)")
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        # Counts are texts, as `.import --csv` makes them; what lacks one is absent.
        for row in rows:
            row[1] = row[1] or None
        self.database.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.database.executescript(book.decode())
        self.database.executescript(book.decode())

    def ask(self, question):
        return self.database.execute(question).fetchall()


class ClickHouse(Engine):
    flags = ("--dialect", "clickhouse")
    # Whether the log may also be loaded with times that have no zone, which are UTC.
    has_naive = False
    month = "substring(toString(day), 1, 7)"

    def __enter__(self):
        from chdb import session

        self.session = session.Session()
        return self

    def __exit__(self, *_):
        self.session.close()

    def load(self, book, path, naive=False):
        self.session.query("CREATE DATABASE IF NOT EXISTS prices ENGINE = Atomic")
        self.session.query("USE prices")
        self.session.query("DROP TABLE IF EXISTS usage")
        columns = (
            "time Nullable(DateTime64(0, 'UTC')), images Nullable(Int64), size Nullable(String), "
            "quality Nullable(String), listing Nullable(String), tag Nullable(String)"
        )
        self.session.query(f"CREATE TABLE usage ({columns}) ENGINE = MergeTree ORDER BY tuple()")
        quoted = columns.replace("'", "\\'")
        self.session.query(
            f"INSERT INTO usage SELECT * FROM file('{path}', 'CSVWithNames', '{quoted}') "
            "SETTINGS date_time_input_format = 'best_effort', input_format_csv_trim_whitespaces = 0"
        )
        for statement in statements(book) * 2:
            self.session.query(statement)

    def ask(self, question):
        text = str(self.session.query(question, "JSONCompactStrings"))
        return [[None if cell == "ᴺᵁᴸᴸ" else cell for cell in row]
                for row in json.loads(text)["data"]]


class Postgres(Engine):
    """A cluster of its own in a fresh folder, on a socket there; it is stopped at the end."""

    flags = ("--dialect", "postgres")
    has_naive = True

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="cogdex-pg-")
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        self.program("initdb", "-D", f"{self.home}/data", "-U", "cogdex", "-A", "trust",
                     "--locale", "C.UTF-8", "-E", "UTF8", "--no-sync")
        self.program(
            "pg_ctl", "-D", f"{self.home}/data", "-l", f"{self.home}/log", "-w", "-o",
            f"-c listen_addresses='' -c unix_socket_directories='{self.home}' -c fsync=off "
            f"-c timezone={ZONE}", "start",
        )
        return self

    def __exit__(self, *_):
        self.program("pg_ctl", "-D", f"{self.home}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def program(self, name, *arguments, text=None):
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        path = next((str(folder / name) for folder in folders if (folder / name).exists()), name)
        user = {"user": self.user.pw_uid, "group": self.user.pw_gid} if self.user else {}
        # Its server lives on, and would keep a pipe open.
        with tempfile.TemporaryFile() as out:
            done = subprocess.run([path, *arguments], input=text, stdout=out,
                                  stderr=subprocess.STDOUT, cwd=self.home, check=False, **user)
            out.seek(0)
            said = out.read()
        assert done.returncode == 0, (name, said.decode()[-2000:])
        return said

    def psql(self, text, *arguments):
        return self.program("psql", "-h", self.home, "-U", "cogdex", "-d", "postgres", "-X", "-q",
                            "-v", "ON_ERROR_STOP=1", *arguments, text=text)

    def load(self, book, path, naive=False):
        self.psql(b"CREATE TABLE usage (time timestamptz, images bigint, size text, quality text, "
                  b"listing text, tag text)")
        copy = "COPY usage FROM STDIN WITH (FORMAT csv, HEADER)"
        self.psql(pathlib.Path(path).read_bytes(), "-c", copy)
        if naive:
            self.psql(b"ALTER TABLE usage ALTER time TYPE timestamp USING time AT TIME ZONE 'UTC'")
        # With strings read by the older rules, too; and a book takes the place of an older one, says
        # nothing, and leaves the views of others.
        said = self.psql(b"SET standard_conforming_strings = off;\n" + book)
        self.psql(b"CREATE VIEW mine AS SELECT listing, low FROM cogdex_totals")
        said += self.psql(book)
        assert said == b"", said
        self.psql(b"SELECT * FROM mine")

    def ask(self, question):
        said = self.psql(question.encode(), "--csv", "-P", "null=\\N", "-t")
        rows = csv.reader(io.StringIO(said.decode(), newline=""))
        return [[None if cell == "\\N" else cell for cell in row] for row in rows]


class Spark(Engine):
    """Several workers, each with its part of the log."""

    flags = ("--dialect", "spark")
    has_naive = True

    def __enter__(self):
        from pyspark.sql import SparkSession

        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        self.session = (
            SparkSession.builder.master("local[2]")
            .config("spark.sql.session.timeZone", ZONE)
            .config("spark.sql.shuffle.partitions", 4)
            .config("spark.sql.warehouse.dir", str(self.folder / "warehouse"))
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", "1g")
            .getOrCreate()
        )
        self.session.sparkContext.setLogLevel("OFF")
        # The error that a total is too wide is wanted, and is told in one line.
        logging.disable()
        return self

    def load(self, book, path, naive=False):
        usage = self.session.read.csv(
            path, header=True, multiLine=True, escape='"',
            schema="time TIMESTAMP, images BIGINT, size STRING, quality STRING, listing STRING, "
                   "tag STRING",
        ).repartition(4)
        if naive:
            time = f"convert_timezone('{ZONE}', 'UTC', CAST(time AS TIMESTAMP_NTZ)) AS time"
            usage = usage.selectExpr(time, *usage.columns[1:])
            assert dict(usage.dtypes)["time"] == "timestamp_ntz"
        usage.createOrReplaceTempView("usage")
        for statement in statements(book):
            self.session.sql(statement)

    def loosen(self):
        self.session.conf.set("spark.sql.ansi.enabled", "false")

    def ask(self, question):
        return [tuple(row) for row in self.session.sql(question).collect()]


ENGINES = {
    "duckdb": DuckDb,
    "sqlite": Sqlite,
    "clickhouse": ClickHouse,
    "postgres": Postgres,
    "spark": Spark,
}
