//! The tables of a history: a list of migrations to which one may only append.

use rusqlite_migration::{M, Migrations};

/// Marks a file as ours: the letters `cgdx`. The first migration writes the same number.
pub(super) const APPLICATION: i64 = 0x6367_6478;

/// Every step from an empty file to today's tables. Two processes may try the same step, so each
/// has to fail when it is applied again, as `CREATE TABLE` does.
pub(super) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

const STEPS: &[M<'static>] = &[M::up(FIRST)];

/// Amounts are decimals as text, so that nothing rounds them. Times end before the year 9999,
/// which a date can hold: a ledger's now never goes back, and would stay beyond it.
const FIRST: &str = "
PRAGMA application_id = 0x63676478;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    listing TEXT NOT NULL,
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    as_of TEXT NOT NULL,
    edition TEXT,
    digest TEXT NOT NULL,
    started_ms INTEGER NOT NULL CHECK (started_ms BETWEEN 0 AND 253370764800000),
    finished_ms INTEGER CHECK (finished_ms BETWEEN 0 AND 253370764800000)
) STRICT;
CREATE INDEX runs_by_listing ON runs (listing);

CREATE TABLE reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    listing TEXT NOT NULL,
    what TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    at_ms INTEGER NOT NULL CHECK (at_ms BETWEEN 0 AND 253370764800000),
    state TEXT NOT NULL CHECK (state IN ('reserved', 'spent', 'released'))
) STRICT;
CREATE INDEX reservations_by_time ON reservations (at_ms);

CREATE TABLE exchanges (
    run INTEGER NOT NULL REFERENCES runs (id),
    number INTEGER NOT NULL,
    ask TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT;

CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    clause TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    observed TEXT NOT NULL,
    latency_ms INTEGER,
    cost TEXT,
    UNIQUE (run, clause)
) STRICT;

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    reservation INTEGER REFERENCES reservations (id),
    listing TEXT NOT NULL,
    base_url TEXT NOT NULL,
    ask TEXT NOT NULL,
    task TEXT NOT NULL,
    is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1))
) STRICT;
CREATE INDEX tasks_open ON tasks (listing) WHERE is_open = 1;
";
