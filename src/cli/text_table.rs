//! A table for reading. Figures and names are never broken: where a row has no room, it takes two
//! lines, `1 apiin/cogview-4` and `  $8–40 · 0.8–2.3 h`. What is piped is never wrapped.

use anyhow::Result;
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table as ComfyTable, Width, presets,
};

use super::output::{DIM, Output, styled, text_width};

/// Below so many columns, a row takes two lines.
const MIN_TABLE_WIDTH: usize = 72;

/// The space between two columns.
const GAP: u16 = 2;

/// A column: its heading, and how its cells are laid out.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub(crate) struct Column {
    heading: String,
    right: bool,
    wraps: bool,
    title: bool,
    optional: bool,
    before: &'static str,
    after: &'static str,
    /// What stands for an empty cell in a table, and in a row of two lines.
    empty: (&'static str, &'static str),
}

impl Column {
    /// Makes a column of words.
    pub(crate) fn left(heading: &str) -> Self {
        Self {
            heading: heading.to_owned(),
            right: false,
            wraps: false,
            title: false,
            optional: false,
            before: "",
            after: "",
            empty: ("", ""),
        }
    }

    /// Makes a column of figures.
    pub(crate) fn right(heading: &str) -> Self {
        Self { right: true, ..Self::left(heading) }
    }

    /// Lets cells be broken at their spaces.
    pub(crate) fn wrapping(self) -> Self {
        Self { wraps: true, ..self }
    }

    /// Puts the cells into the first of a row's two lines.
    pub(crate) fn title(self) -> Self {
        Self { title: true, ..self }
    }

    /// Leaves the column out before rows take two lines, and where it has no cell.
    pub(crate) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// Says what a cell is where there is no heading: `seen 2026-11-20`, `$0.01 each`.
    pub(crate) fn named(self, before: &'static str, after: &'static str) -> Self {
        Self { before, after, ..self }
    }

    /// A cell that says what it is without a heading.
    fn name(&self, cell: &str) -> String {
        if cell.is_empty() {
            return self.empty.1.to_owned();
        }
        let words = [self.before, cell, self.after];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Says what stands for an empty cell, below a heading and without one.
    pub(crate) fn or(self, headed: &'static str, alone: &'static str) -> Self {
        Self { empty: (headed, alone), ..self }
    }
}

/// Rows under headings. Cells may have a style, and are clean of all else that steers a terminal.
#[derive(Debug)]
pub(crate) struct TextTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// Makes a table without rows.
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row of as many cells as there are columns.
    pub(crate) fn add_row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there is no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Prints the table after so many spaces.
    pub(crate) fn print(&self, output: &mut Output, indent: usize) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let room = output.width.map(|width| width.saturating_sub(indent));
        let is_narrow = output.width.is_some_and(|width| width < MIN_TABLE_WIDTH);
        let is_used = |at: &usize| !self.columns[*at].optional || self.has_cells(*at);
        let all: Vec<usize> = (0..self.columns.len()).filter(is_used).collect();
        let fewer: Vec<usize> =
            all.iter().copied().filter(|at| !self.columns[*at].optional).collect();
        let fits = |chosen: &[usize]| room.is_none_or(|room| self.min_width(chosen) <= room);
        let chosen = [all, fewer].into_iter().find(|chosen| !is_narrow && fits(chosen));
        match chosen {
            Some(chosen) => self.print_wide(output, &chosen, room, indent),
            None => self.print_narrow(output, indent),
        }
    }

    fn has_cells(&self, at: usize) -> bool {
        self.rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()))
    }

    /// The cells of a column, and its heading.
    fn texts(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |row| self.cell(row, at)).chain([&*self.columns[at].heading])
    }

    /// A cell as it stands below its heading.
    fn cell<'t>(&'t self, row: &'t [String], at: usize) -> &'t str {
        match row.get(at).map(String::as_str) {
            None | Some("") => self.columns[at].empty.0,
            Some(text) => text,
        }
    }

    /// The narrowest that a column can be without a break inside a word.
    fn min_column_width(&self, at: usize) -> usize {
        let wraps = self.columns[at].wraps;
        let width = |text: &str| {
            if wraps {
                text.split(' ').map(text_width).max().unwrap_or_default()
            } else {
                text_width(text)
            }
        };
        self.texts(at).map(width).max().unwrap_or_default()
    }

    fn min_width(&self, chosen: &[usize]) -> usize {
        let gaps = usize::from(GAP) * chosen.len().saturating_sub(1);
        chosen.iter().map(|at| self.min_column_width(*at)).sum::<usize>() + gaps
    }

    fn print_wide(
        &self,
        output: &mut Output,
        chosen: &[usize],
        room: Option<usize>,
        indent: usize,
    ) -> Result<()> {
        let mut table = ComfyTable::new();
        table.load_style(presets::NOTHING);
        if let Some(room) = room {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            // The gap after the last column is cut off.
            table.set_width(u16::try_from(room).unwrap_or(u16::MAX).saturating_add(GAP));
        }
        table.set_header(chosen.iter().map(|at| styled(DIM, &self.columns[*at].heading)));
        for row in &self.rows {
            table.add_row(chosen.iter().map(|at| self.cell(row, *at)));
        }
        for (column, at) in chosen.iter().enumerate() {
            let Some(it) = table.column_mut(column) else { continue };
            it.set_padding((0, GAP));
            if self.columns[*at].right {
                it.set_cell_alignment(CellAlignment::Right);
            }
            let least = u16::try_from(self.min_column_width(*at)).unwrap_or(u16::MAX);
            it.set_constraint(if self.columns[*at].wraps {
                ColumnConstraint::LowerBoundary(Width::Fixed(least.saturating_add(GAP)))
            } else {
                ColumnConstraint::ContentWidth
            });
        }
        let space = " ".repeat(indent);
        for line in table.trim_fmt().lines() {
            output.line(&format!("{space}{line}"))?;
        }
        Ok(())
    }

    fn print_narrow(&self, output: &mut Output, indent: usize) -> Result<()> {
        let space = " ".repeat(indent);
        let full: Vec<_> = self.rows.iter().map(|row| self.parts(row, true)).collect();
        let room = output.width.unwrap_or(usize::MAX).saturating_sub(indent + 2);
        let is_long = |parts: &Vec<String>| text_width(&parts.join(" · ")) > room;
        let has_room = !full.iter().any(is_long);
        for (row, parts) in self.rows.iter().zip(full) {
            let titles = row.iter().zip(&self.columns).filter(|(_, column)| column.title);
            let titles: Vec<_> = titles.map(|(cell, _)| cell.as_str()).collect();
            output.line(&format!("{space}{}", titles.join(" ")))?;
            let parts = if has_room { parts } else { self.parts(row, false) };
            output.parts(&format!("{space}  "), &parts)?;
        }
        Ok(())
    }

    /// The second of a row's two lines, with or without what may be left out.
    fn parts(&self, row: &[String], with_optional: bool) -> Vec<String> {
        let cells = row.iter().zip(&self.columns);
        let cells =
            cells.filter(|(_, column)| !column.title && (with_optional || !column.optional));
        let named = cells.map(|(cell, column)| column.name(cell));
        named.filter(|text| !text.is_empty()).collect()
    }
}
