//! `cogdex history --pages`: when each figure was last confirmed by its page.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::{day, instant};
use crate::cli::output::{Output, clean};
use crate::cli::text_table::{Column, TextTable};
use crate::cli::{Exit, Format, Global};
use cogdex::history::{FigureRecord, PageStore};

/// Prints what was seen of the figures of a source, or of all.
pub(super) fn print(
    history: &Path,
    source: Option<&str>,
    global: &Global,
    output: &mut Output,
) -> Result<Exit> {
    if !history.with_file_name("pages.db").exists() {
        anyhow::bail!("no page was read yet; `cogdex verify` reads them");
    }
    let figures = PageStore::open_beside(history)?.figures(source)?;
    if let Some(source) = source.filter(|_| figures.is_empty()) {
        anyhow::bail!("no page of a source `{source}` was read yet");
    }
    if global.format == Format::Json {
        let figures: Vec<_> = figures.iter().map(document).collect();
        output.json(&json!({ "format": 1, "figures": figures }), false)?;
        return Ok(Exit::Done);
    }
    let mut rows = TextTable::new([
        Column::left("Source").title(),
        Column::left("Figure").title(),
        Column::left("Last"),
        Column::left("Judged").named("judged", ""),
        Column::left("Confirmed").named("confirmed", ""),
    ]);
    for it in &figures {
        rows.add_row([
            clean(&it.source),
            clean(&format!("{} {}", it.path, it.field)),
            clean(&it.verdict),
            day(it.judged_ms),
            it.confirmed_ms.map(day).unwrap_or_default(),
        ]);
    }
    rows.print(output, 0)?;
    Ok(Exit::Done)
}

fn document(it: &FigureRecord) -> serde_json::Value {
    json!({
        "source": it.source,
        "path": it.path,
        "field": it.field,
        "excerpt": it.excerpt,
        "verdict": it.verdict,
        "judged": instant(it.judged_ms),
        "confirmed": it.confirmed_ms.map(instant),
    })
}
