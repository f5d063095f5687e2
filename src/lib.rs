//! cogdex keeps what every source says about a CogView-4 listing, shows where sources disagree,
//! computes what a job costs on every listing, publishes it as pages, serves every endpoint's
//! contract as a mock, and probes whether endpoints keep it.
//!
//! # The flow
//!
//! ```text
//! TOML files ─┬─> statements ─> facts of a day ─┬─> quotes ─> ranking ─┬───────────┐
//!  (catalog)  │    (catalog)      (catalog)     ├─> show, diff ────────┤           │
//!             │                                 │                      ├─> site ─> server ─> cli
//!             └─> clauses ─> contract ──────────┼─> mock, documents ───┤           │
//!                                               └─> probe ─> history ──┴───────────┘
//! ```
//!
//! Everything is read first and checked at once; then values that cannot be wrong are computed
//! with. A fact is never stored: it is worked out from statements for a day.
//!
//! # The layers
//!
//! | module | may use | its business |
//! |---|---|---|
//! | [`catalog`] | nothing | files, statements, clauses, facts, checks, exact arithmetic |
//! | [`pricing`] | catalog | the table of offers, quotes, ranking |
//! | [`contract`] | catalog | requests, answers and documents made of clauses |
//! | [`mock`] | catalog, contract | a server on loopback that keeps contracts |
//! | [`history`] | catalog | runs, evidence, verdicts, tasks, and the ledger of what was spent |
//! | [`probe`] | catalog, pricing, contract, history | requests to endpoints, judged, at a bounded cost |
//! | [`show`] | catalog, pricing, contract | everything that is known of one listing |
//! | [`reprice`] | catalog, pricing | usage logs, summed and priced on every listing |
//! | [`exchange`] | catalog, pricing, contract, reprice, show | prices in other tools' formats, out and in |
//! | [`diff`] | catalog, pricing | what changed, and what it does to jobs |
//! | [`verify`] | catalog, pricing, history, exchange, probe | what a page says of each excerpt |
//! | [`site`] | catalog, pricing, contract, history, show, diff | pages and documents, as a list of files |
//! | [`server`] | catalog, pricing, contract, history, probe, site | the site from memory, and what only a server can do |
//! | `cli` | all | arguments, the clock, terminals, exit codes |
//!
//! `tests/it/tidy.rs` fails when the code breaks the table.
//!
//! # Words
//!
//! - **model**: what draws. **maker**: who trained it. **provider**: who sells calls.
//!   **endpoint**: one route of a provider, with its **contract**, which is made of **clauses**: each
//!   one checkable promise. **listing**: one model code that a provider sells.
//! - **source**: a document that was read. **statement**: what one source said on one date.
//!   **claim**: one value of a field with all sources that give it. **fact**: what all current
//!   statements say of a field together: agreed, disputed, settled or unknown. **ruling**: a person's
//!   recorded decision. **edition**: a published state of the catalog.
//! - **job**: what a person wants drawn. **variant**: what one image is, as far as a price can depend
//!   on it. **offer**: what a listing asks for a variant on a day, everything but the number of
//!   images. **reading**: an offer as one side of a dispute has it. **quote**: what a job costs on
//!   one listing, line by line.
//! - **probe**: a run of requests that holds an endpoint to its contract. **evidence**: what was sent
//!   and what came back. **class**: what an exchange is as a whole, before any clause is held against
//!   it. **verdict**: what the evidence says of a clause. **cause**: an answer on which the verdicts
//!   of several checks hang. **ledger**: what was spent, and the **reservations** of what may yet be.
//!
//! # Where to add what
//!
//! - A **seller**: its files below `catalog/`, and nothing in Rust.
//! - A **capability**: its variant in `catalog::Capability`, its words in `site/format.rs`, which the
//!   compiler asks for, and the list in `catalog/README.md`.
//! - A **field** of a statement: one line in `catalog/field.rs`, its row in `catalog/README.md`.
//! - A **price unit**: `catalog::Unit` and the list in `catalog/README.md`; the compiler names what
//!   has to know it: how many units an image is (`pricing/resolve/units.rs`), their word on a bill
//!   (`pricing/charge/lines.rs`), the check of all prices, the export to LiteLLM.
//! - A **dialect** of SQL: `exchange::sql::Dialect`; the compiler names what each function lacks, and
//!   the command line has it from there.
//! - A **question** of the FAQ: its template below `templates/faq/`; a row of `site/faq/facts.rs` if
//!   facts alone answer it, else a function in the file of its subject below `site/faq/`; and its row
//!   in `QUESTIONS` of `site/faq.rs`.
//! - A **check** of a probe: `contract::Expectation`; `contract/plan.rs` or a file below it, which
//!   plans it; and the file of `contract/judge/` that judges it, for which the compiler asks in
//!   `contract/judge.rs`.
//! - A **check** of the catalog: a code in `catalog/diagnostic.rs`; a function with its row in
//!   `catalog/check.rs`, or in the file of its subject below; and a folder below
//!   `tests/fixtures/invalid/`, for which the tests ask.
//!
//! # What is absent
//!
//! - No float touches a price: amounts are decimals, products and sums are exact, a quotient is
//!   rounded once, and what does not fit is an error.
//! - No default hides a fact: what no source states is unknown, has no total and no rank.
//! - Nothing about a provider is written in Rust: what it promises is clauses.
//! - No clock and no terminal in the library: today is an argument. No network but in `mock`, on
//!   loopback, in `server`, which is only spoken to, and in one file of `probe`.
//! - No page holds what the catalog does not: a question that no fact answers is left out. No
//!   script, style or picture comes from elsewhere, and the page's calculator multiplies what
//!   `compare` found for one image, to the same last digit.
//! - No merging by hand: two sources that differ stay two sides until an invoice, a probe or a
//!   ruling decides.
//! - No half-loaded catalog: one error in one file, and nothing of it is used.
//!
//! # Where this differs from the first design
//!
//! - A statement is read by one table of fields (`catalog::Field`), not by one struct for each
//!   level: reading, facts, disputes, differences, the schema and `show` then follow the same
//!   table, and a new field is one line. The schema comes from that table, without a derive.
//! - A quotient is taken once, last, for each share of a total: what a listing asks for all images
//!   that cost the same. It is rounded half to even by the remainder at 12 decimals; a quotient that
//!   ends as a decimal is exact. So `600 credits = 100 USD` buys exactly 100 images of 6 credits.
//!   A total is the exact sum of its shares. Groups (`--by`, and the groups of the SQL) are made of
//!   the same shares cut smaller, and may differ from the total in the last digit.
//! - A line of a quote also has its `currency`, since credits, yuan and dollars meet in one quote;
//!   those in the quote's currency add up to the total.
//! - What the sources dispute is a reading; what they leave open (rounding of megapixels, failed
//!   calls) is a range within a reading, with a warning.
//! - The site is a list of files that can each be made alone, not a map of their bytes: a site of
//!   any size then takes no more memory than its catalog, and `build` and `serve` use all cores.
//! - A page has one struct of ready values and two templates, for HTML and for Markdown, so that
//!   the twins can't say different things.
//! - What is asked of `compare` is a value (`pricing::Query`): the command line and the server's
//!   API read the same keys, and refuse them in the same words.
//! - The price book of an export has conditions that are sets of cases, so that what a listing says
//!   alike of all sizes stands there once. Sizes without a name go by the rules that let them
//!   through, and pixels are counted by the engine: the book holds for any log.
//! - Its amounts are whole numbers of 1e-12, or of less where a price needs it: a product is never
//!   rounded, and one of a price and a rate may have 24 decimals.

pub mod catalog;
pub mod contract;
pub mod diff;
pub mod exchange;
pub mod history;
pub mod mock;
pub mod pricing;
pub mod probe;
pub mod reprice;
pub mod server;
pub mod show;
pub mod site;
pub mod verify;
