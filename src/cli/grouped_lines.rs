//! Texts that are said once, with all rows or names they are said of; in the order in which they
//! first came up.

use anyhow::Result;

use super::output::Output;

/// Texts, each with what it is said of.
pub(super) struct GroupedLines<T>(pub(super) Vec<(String, Vec<T>)>);

impl<T: PartialEq> GroupedLines<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn add(&mut self, text: String, item: T) {
        match self.0.iter_mut().find(|(known, _)| *known == text) {
            Some((_, items)) => items.push(item),
            None => self.0.push((text, vec![item])),
        }
    }

    /// The letters of the texts that are said of an item: `a c`.
    pub(super) fn marks(&self, item: &T) -> String {
        let mine = self.0.iter().enumerate().filter(|(_, (_, items))| items.contains(item));
        mine.map(|(number, _)| letter(number)).collect::<Vec<_>>().join(" ")
    }

    /// Prints each text under its letter, after an empty line.
    pub(super) fn print(&self, output: &mut Output) -> Result<()> {
        if !self.0.is_empty() {
            output.line("")?;
        }
        for (number, (text, _)) in self.0.iter().enumerate() {
            output.wrapped(&format!("{:<3}", letter(number)), "   ", text)?;
        }
        Ok(())
    }
}

fn letter(number: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
    if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) }
}
