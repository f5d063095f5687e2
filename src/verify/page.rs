//! A page as the text that a reader sees, whatever it was sent as; and why it can't be read.

use std::fmt::{self, Write};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use super::{charset, html, markdown};

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    Html,
    Markdown,
    Json,
    Plain,
}

impl PageFormat {
    /// The endings of saved copies, in the order in which they are looked for.
    pub const ENDINGS: [(&'static str, Self); 4] =
        [("html", Self::Html), ("md", Self::Markdown), ("txt", Self::Plain), ("json", Self::Json)];

    /// The form that a header names, or else the ending of the address; `None` for what is no text.
    pub fn from_content_type(content_type: Option<&str>, address: &str) -> Option<Self> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
        let known = ending.and_then(|(_, ending)| {
            Self::ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known))
        });
        let by_ending = known.map(|(_, form)| *form);
        let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        match kind.trim().to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" => Some(Self::Html),
            "text/markdown" | "text/x-markdown" => Some(Self::Markdown),
            "" | "application/octet-stream" => Some(by_ending.unwrap_or(Self::Plain)),
            kind if kind.ends_with("json") => Some(Self::Json),
            kind if kind.starts_with("text/") => Some(by_ending.unwrap_or(Self::Plain)),
            kind if ["xml", "yaml", "javascript", "toml"].iter().any(|it| kind.ends_with(it)) => {
                Some(Self::Plain)
            }
            _ => None,
        }
    }
}

/// Says why bytes are no page that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    #[error("it is a PDF, which is not read")]
    Pdf,
    #[error("it is no text but `{0}`")]
    NotText(String),
    #[error("its markup takes too long to read")]
    Endless,
    #[error("it has more than {} MiB", PageText::MAX_BYTES >> 20)]
    TooLarge,
}

impl PageFault {
    /// What is sent as something that is no text.
    pub(super) fn from_content_type(content_type: Option<&str>) -> Self {
        let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/pdf") {
            Self::Pdf
        } else {
            Self::NotText(kind.to_owned())
        }
    }
}

/// The text of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText(String);

impl PageText {
    /// No page that a person reads is larger.
    pub const MAX_BYTES: usize = 8 << 20;

    /// Reads a page; `content_type` is the header it came with.
    pub fn read(
        bytes: &[u8],
        form: PageFormat,
        content_type: Option<&str>,
    ) -> Result<Self, PageFault> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(PageFault::TooLarge);
        }
        let start = bytes.trim_ascii_start();
        if start.starts_with(b"%PDF-") {
            return Err(PageFault::Pdf);
        }
        let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        if !is_utf16 && bytes[..bytes.len().min(1024)].contains(&0) {
            return Err(PageFault::NotText("binary data".to_owned()));
        }
        let charset = content_type.and_then(|kind| {
            let (_, rest) = kind.split_once("charset=")?;
            rest.split(';').next()
        });
        let decoded = charset::decode(bytes, charset);
        let is_html = |text: &str| {
            let start: String = text.trim_start().chars().take(14).collect();
            let start = start.to_ascii_lowercase();
            start.starts_with("<!doctype html") || start.starts_with("<html")
        };
        Ok(Self(match form {
            PageFormat::Html => html_text(decoded)?,
            // A server that sends a page as something else does not change what it is.
            PageFormat::Markdown | PageFormat::Plain if is_html(&decoded) => html_text(decoded)?,
            PageFormat::Markdown => markdown::text(&decoded),
            PageFormat::Json => json_text(&decoded).unwrap_or(decoded),
            PageFormat::Plain => decoded,
        }))
    }

    /// A text that was read before.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text, with a line for each block.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many words it has; of writing without blanks each character counts.
    pub fn words(&self) -> usize {
        let (mut words, mut within) = (0, false);
        for c in self.0.chars() {
            let is_whole =
                matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af);
            let is_part = !is_whole && c.is_alphanumeric();
            words += usize::from(is_whole || (is_part && !within));
            within = is_part || (within && matches!(c, '.' | '-' | '_' | '\'' | '’'));
        }
        words
    }
}

/// The text of HTML. A tag with a million attributes takes a parser hours, and is no page: where
/// one is large enough for that, it is read beside, and left alone when its time is over.
fn html_text(page: String) -> Result<String, PageFault> {
    const MAX_HARMLESS: usize = 256 << 10;
    const MAX_TIME: Duration = Duration::from_secs(10);
    if page.len() <= MAX_HARMLESS {
        return Ok(html::text(&page));
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(html::text(&page)));
    receiver.recv_timeout(MAX_TIME).map_err(|_| PageFault::Endless)
}

/// JSON without quotes and escapes, and a line for each value.
fn json_text(page: &str) -> Option<String> {
    let value: Value = serde_json::from_str(page).ok()?;
    let mut text = String::with_capacity(page.len());
    write_json(&mut text, &value);
    Some(text)
}

fn write_json(text: &mut String, value: &Value) {
    match value {
        Value::String(words) => text.push_str(words),
        Value::Array(items) => {
            text.push('[');
            for (number, item) in items.iter().enumerate() {
                text.push_str(if number > 0 { ", " } else { "" });
                write_json(text, item);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push_str("{\n");
            for (number, (key, item)) in entries.iter().enumerate() {
                text.push_str(if number > 0 { ",\n" } else { "" });
                text.push_str(key);
                text.push_str(": ");
                write_json(text, item);
            }
            text.push_str("\n}");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            // Writing to a string can't fail.
            let _ = write!(text, "{value}");
        }
    }
}

/// Why nothing can be told of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadableReason {
    Fault(PageFault),
    /// There was no answer, and why.
    NoAnswer(String),
    Status(u16),
    /// It asks whether a person is there.
    Challenge,
    /// It has too few words to be the page, as an empty shell has that a script fills.
    Empty {
        words: usize,
    },
    /// It speaks of something else.
    NamesNoModel,
    /// Only a browser sees its text.
    NeedsBrowser,
    /// The host's `robots.txt` keeps it from programs.
    Robots,
    /// It was not asked, since all asking has ended.
    Stopped,
    /// A saved copy can't be opened, and why.
    Copy(String),
}

impl fmt::Display for UnreadableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::NoAnswer(why) => f.write_str(why),
            Self::Status(status) => write!(f, "it answers with status {status}"),
            Self::Challenge => f.write_str("it asks whether a person is there"),
            Self::Empty { words: 0 } => f.write_str("it has no text without scripts"),
            Self::Empty { words } => write!(f, "it has {words} words, and none of its excerpts"),
            Self::NamesNoModel => f.write_str("it does not name the model"),
            Self::NeedsBrowser => f.write_str("only a browser sees its text: add --browser PATH"),
            Self::Robots => f.write_str("its robots.txt keeps it from programs"),
            Self::Stopped => f.write_str("it was not asked"),
            Self::Copy(why) => write!(f, "its copy can't be read: {why}"),
        }
    }
}
