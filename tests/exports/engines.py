"""The engines: each loads a book and a log, and answers questions about them."""

import csv
import datetime
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

# Far from UTC, so that an engine that reads days in the session's zone is found out.
ZONE = "America/New_York"


class Engine:
    kind = "sql"
    flags = ()
    has_decimals = True
    month = "substr(CAST(day AS VARCHAR(10)), 1, 7)"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def statements(book):
    """A file's statements: each ends with ; at the end of a line, and no text holds a line's end."""
    parts = book.decode().split(";\n")
    assert parts.pop().strip() == ""
    return parts


class DuckDb(Engine):
    flags = ("--dialect", "duckdb")

    def __enter__(self):
        import duckdb

        self.database = duckdb.connect()
        self.database.execute(f"SET TimeZone = '{ZONE}'")
        return self

    def __exit__(self, *_):
        self.database.close()

    def load(self, book, path):
        self.usage(path)
        # Twice: a book takes the place of an older one.
        self.database.execute(book.decode())
        self.database.execute(book.decode())

    def usage(self, path):
        self.database.execute(
            "CREATE TABLE usage AS SELECT * FROM read_csv(?, header = true, columns = {"
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

    def load(self, book, path):
        self.database.execute("CREATE TABLE usage (time, images, size, quality, listing, tag)")
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        for row in rows:
            row[1] = int(row[1]) if row[1] else None
        self.database.executemany("INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.database.executescript(book.decode())
        self.database.executescript(book.decode())

    def ask(self, question):
        return self.database.execute(question).fetchall()


ENGINES = {"duckdb": DuckDb, "sqlite": Sqlite}
