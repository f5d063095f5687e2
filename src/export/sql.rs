//! The price book as SQL: tables, and views that price a usage table.
