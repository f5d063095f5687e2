//! Texts that are said once, with all rows or names they are said of; in the order in which they
//! first came up.

use anstyle::Style;
use anyhow::Result;

use super::output::{Output, styled};

/// A text with all that it is said of.
pub(super) struct GroupedLine<T> {
    /// What kind of thing it says, before the number of what it is said of: `disputed`.
    pub(super) kind: &'static str,
    pub(super) text: String,
    /// How its letter is shown.
    style: Style,
    pub(super) items: Vec<T>,
}

/// Texts, each with what it is said of.
pub(super) struct GroupedLines<T>(pub(super) Vec<GroupedLine<T>>);

impl<T: PartialEq> GroupedLines<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn add(&mut self, text: String, item: T) {
        self.add_kind("", Style::new(), text, item);
    }

    /// Adds a text that has a kind, and a letter in a style.
    pub(super) fn add_kind(&mut self, kind: &'static str, style: Style, text: String, item: T) {
        match self.0.iter_mut().find(|line| line.kind == kind && line.text == text) {
            Some(line) => line.items.push(item),
            None => self.0.push(GroupedLine { kind, text, style, items: vec![item] }),
        }
    }

    /// The letters of the texts that are said of an item: `a c`.
    pub(super) fn marks(&self, item: &T) -> String {
        let mine = self.0.iter().enumerate().filter(|(_, line)| line.items.contains(item));
        let letters = mine.map(|(number, line)| painted(line.style, &letter(number)));
        letters.collect::<Vec<_>>().join(" ")
    }

    /// Prints each text under its letter, after an empty line.
    pub(super) fn print(&self, output: &mut Output) -> Result<()> {
        if !self.0.is_empty() {
            output.line("")?;
        }
        for (number, line) in self.0.iter().enumerate() {
            let kind = match (line.kind, line.items.len()) {
                ("", _) => String::new(),
                (kind, 1) => format!("{kind}: "),
                (kind, many) => format!("{kind} ({many} listings): "),
            };
            let letter = painted(line.style, &format!("{:<3}", letter(number)));
            output.wrapped(&letter, "   ", &format!("{kind}{}", line.text))?;
        }
        Ok(())
    }
}

fn painted(style: Style, text: &str) -> String {
    if style.is_plain() { text.to_owned() } else { styled(style, text) }
}

fn letter(number: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
    if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) }
}
