//! Stdout and stderr: buffered, coloured where wanted, and never panicking on a closed pipe.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use cogdex::pricing::grouped;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// Less important words.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What needs a look.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// What is wrong.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
/// What is right.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();

/// Where the answer goes.
pub(crate) struct Output {
    out: BufWriter<anstream::AutoStream<std::io::Stdout>>,
    err: anstream::AutoStream<std::io::Stderr>,
    quiet: bool,
    /// Columns to fill: the terminal's, or 80 where there is none.
    pub(crate) width: u16,
}

impl Output {
    pub(crate) fn new(choice: anstream::ColorChoice, quiet: bool) -> Self {
        let size = terminal_size::terminal_size_of(std::io::stdout());
        let width = size.map_or(80, |(width, _)| width.0.clamp(40, 160));
        Self {
            out: BufWriter::new(anstream::AutoStream::new(std::io::stdout(), choice)),
            err: anstream::AutoStream::new(std::io::stderr(), choice),
            quiet,
            width,
        }
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Writes a file. Nothing in it is text whose colours could be taken out.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.flush()?;
        Ok(std::io::stdout().write_all(bytes)?)
    }

    /// Writes a line, or several, of which none is a command in the log of a workflow.
    pub(crate) fn line(&mut self, text: &str) -> Result<()> {
        for (number, line) in text.split('\n').enumerate() {
            let shown = anstream::adapter::strip_str(line).to_string();
            let line = if shown.trim_start().starts_with("::") {
                Cow::from(line.replacen("::", "\\::", 1))
            } else {
                Cow::from(line)
            };
            self.text(if number > 0 { "\n" } else { "" })?;
            self.text(&line.replace("##[", "## ["))?;
        }
        self.text("\n")
    }

    /// Writes a line of foreign text in a style.
    pub(crate) fn styled_line(&mut self, style: Style, text: &str) -> Result<()> {
        self.line(&styled(style, &clean(text)))
    }

    /// Writes a heading with an empty line before it.
    pub(crate) fn heading(&mut self, text: &str) -> Result<()> {
        self.line("")?;
        self.styled_line(BOLD, text)
    }

    /// Writes foreign text in lines that fit, the first after `first`, the others after `rest`.
    pub(crate) fn wrapped(&mut self, first: &str, rest: &str, text: &str) -> Result<()> {
        self.wrapped_in(Style::new(), first, rest, text)
    }

    /// Writes foreign text in lines that fit, each in a style.
    pub(crate) fn wrapped_in(
        &mut self,
        style: Style,
        first: &str,
        rest: &str,
        text: &str,
    ) -> Result<()> {
        for line in filled(usize::from(self.width), first, rest, &clean(text)) {
            self.line(&if style.is_plain() { line } else { styled(style, &line) })?;
        }
        Ok(())
    }

    /// Writes one document of JSON.
    pub(crate) fn json(&mut self, document: &impl serde::Serialize, compact: bool) -> Result<()> {
        let written = if compact {
            serde_json::to_writer(&mut self.out, document)
        } else {
            serde_json::to_writer_pretty(&mut self.out, document)
        };
        // As an error of serde's own, a closed pipe would not be known for what it is.
        written.map_err(std::io::Error::from)?;
        self.text("\n")
    }

    /// Writes a warning to stderr, unless quiet. A lost warning is no reason to fail.
    pub(crate) fn warn(&mut self, text: &str) {
        if !self.quiet {
            let warning = styled(YELLOW, "warning");
            drop(writeln!(self.err, "{warning}: {}", clean(text)));
        }
    }

    /// Writes a line about what was done to stderr, unless quiet.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.quiet {
            drop(writeln!(self.err, "{}", clean(text)));
        }
    }

    /// Writes an error to stderr.
    pub(crate) fn error(&mut self, text: &str) {
        drop(writeln!(self.err, "{}: {}", styled(RED, "error"), clean(text)));
    }

    /// Hands everything over.
    pub(crate) fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// A text broken at its spaces into lines of at most `width` characters.
fn filled(width: usize, first: &str, rest: &str, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used, mut empty) = (first.to_owned(), first.chars().count(), true);
    for word in text.split(' ') {
        let length = word.chars().count();
        if !empty && used + 1 + length > width {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            (used, empty) = (rest.chars().count(), true);
        }
        if !empty {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        (used, empty) = (used + length, false);
    }
    lines.push(line);
    lines
}

/// Text in a style; the stream strips it where no colour is wanted.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text of a catalog, file or command line without what could steer a terminal, in one line.
pub(crate) fn clean(text: &str) -> String {
    cogdex::catalog::sanitize(text)
}

/// `1 row`, `1,000 rows`.
pub(crate) fn plural(count: u64, word: &str) -> String {
    format!("{} {word}{}", grouped(count.into()), if count == 1 { "" } else { "s" })
}

/// A table without lines that fits `width`; the columns in `right` are aligned to the right, and
/// the column `whole` is never broken.
pub(crate) fn table(width: u16, header: &[&str], right: &[usize], whole: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    table.set_header(header.iter().map(|word| styled(DIM, word)));
    for column in 0..header.len() {
        let Some(it) = table.column_mut(column) else { continue };
        it.set_padding((0, 2));
        if right.contains(&column) {
            it.set_cell_alignment(CellAlignment::Right);
        }
        if column == whole {
            it.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}
