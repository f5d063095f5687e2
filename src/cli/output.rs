//! Stdout and stderr: buffered, coloured where wanted, and never panicking on a closed pipe.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};

use anstyle::{AnsiColor, Style};
use anyhow::Result;

pub(crate) use cogdex::pricing::plural;

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
    /// The warnings that were written: what holds of two catalogs is told once.
    warned: BTreeSet<String>,
    /// Columns to fill; none where no terminal reads it, and nothing is wrapped.
    pub(crate) width: Option<usize>,
    /// The columns of the terminal that reads messages.
    message_width: Option<usize>,
}

/// The columns that lines may take: longer ones are hard to read, and shorter ones hold no figure.
const WIDTHS: std::ops::RangeInclusive<u16> = 24..=160;

fn columns(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    size.map(|(width, _)| usize::from(width.0.clamp(*WIDTHS.start(), *WIDTHS.end())))
}

impl Output {
    pub(crate) fn new(choice: anstream::ColorChoice, quiet: bool) -> Self {
        Self {
            out: BufWriter::new(anstream::AutoStream::new(std::io::stdout(), choice)),
            err: anstream::AutoStream::new(std::io::stderr(), choice),
            quiet,
            warned: BTreeSet::new(),
            width: columns(terminal_size::terminal_size_of(std::io::stdout())),
            message_width: columns(terminal_size::terminal_size_of(std::io::stderr())),
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

    /// Writes a line of foreign text in a style, or several where it does not fit.
    pub(crate) fn styled_line(&mut self, style: Style, text: &str) -> Result<()> {
        self.wrapped_in(style, "", "  ", text)
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
        for line in filled(self.width, first, rest, &clean(text)) {
            self.line(&if style.is_plain() { line } else { styled(style, &line) })?;
        }
        Ok(())
    }

    /// Writes a figure behind what it is of, or below where there is no room. Both may have styles,
    /// and are clean of all else.
    pub(crate) fn figure(&mut self, what: &str, figure: &str) -> Result<()> {
        let fits = |width: usize| text_width(what) + 1 + text_width(figure) <= width;
        let gap = if self.width.is_none_or(fits) { " " } else { "\n    " };
        self.line(&format!("{what}{gap}{figure}"))
    }

    /// Writes parts with a dot between them, in lines that break at dots alone where they can. The
    /// parts may have styles.
    pub(crate) fn parts(&mut self, indent: &str, parts: &[String]) -> Result<()> {
        let width = self.width.unwrap_or(usize::MAX);
        let mut line = String::new();
        for part in parts {
            let is_full = text_width(indent) + text_width(&line) + text_width(part) + 3 > width;
            if is_full && !line.is_empty() {
                let whole = std::mem::take(&mut line);
                self.part_line(indent, &whole)?;
            }
            if !line.is_empty() {
                line.push_str(" · ");
            }
            line.push_str(part);
        }
        if line.is_empty() { Ok(()) } else { self.part_line(indent, &line) }
    }

    /// A line of parts; one that is too long alone breaks at its spaces.
    fn part_line(&mut self, indent: &str, line: &str) -> Result<()> {
        self.wrapped_styled(indent, &format!("{indent}  "), line)
    }

    /// Writes text that has styles, and is clean of all else, in lines that fit.
    pub(crate) fn wrapped_styled(&mut self, first: &str, rest: &str, text: &str) -> Result<()> {
        for line in filled(self.width, first, rest, text) {
            self.line(&line)?;
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

    /// Writes a warning to stderr, unless quiet, or it was written before.
    pub(crate) fn warn(&mut self, text: &str) {
        if !self.quiet && self.warned.insert(text.to_owned()) {
            self.message(&format!("{}: ", styled(YELLOW, "warning")), text);
        }
    }

    /// Writes a line about what was done to stderr, unless quiet.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.quiet {
            self.message("", text);
        }
    }

    /// Writes a help to stderr, for whoever left out what to do.
    pub(crate) fn help(&mut self, text: &str) {
        drop(write!(self.err, "{text}"));
    }

    /// Writes an error to stderr.
    pub(crate) fn error(&mut self, text: &str) {
        self.message(&format!("{}: ", styled(RED, "error")), text);
    }

    /// Writes a message to stderr. A lost one is no reason to fail.
    fn message(&mut self, first: &str, text: &str) {
        for line in filled(self.message_width, first, "  ", &clean(text)) {
            drop(writeln!(self.err, "{line}"));
        }
    }

    /// Hands everything over.
    pub(crate) fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// A text broken at its spaces into lines of at most `width` columns. A longer word stays whole.
fn filled(width: Option<usize>, first: &str, rest: &str, text: &str) -> Vec<String> {
    let Some(width) = width else { return vec![format!("{first}{text}")] };
    let mut lines = Vec::new();
    let (mut line, mut used, mut empty) = (first.to_owned(), text_width(first), true);
    for word in text.split(' ') {
        let length = text_width(word);
        if !empty && used + 1 + length > width {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            (used, empty) = (text_width(rest), true);
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

/// The columns that a text takes: a wide character takes two, a style none.
pub(crate) fn text_width(text: &str) -> usize {
    let shown = anstream::adapter::strip_str(text).to_string();
    if shown.is_ascii() {
        return shown.len();
    }
    // The tables' own measure, so that both agree.
    let mut measured = comfy_table::Table::new();
    measured.add_row([shown]);
    measured.column_max_content_widths().first().copied().map_or(0, usize::from)
}

/// Text in a style; the stream strips it where no colour is wanted.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text of a catalog, file or command line without what could steer a terminal, in one line.
pub(crate) fn clean(text: &str) -> String {
    cogdex::catalog::sanitize(text)
}
