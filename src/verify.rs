//! Verification: whether the pages still say what the catalog says.
//!
//! An excerpt beside a figure is an assertion about a page. Here a page becomes the text that a
//! reader sees, and every excerpt is looked for in it. Pages are
//! fetched by the client of [`probe`](crate::probe) alone, and no clock is read.

mod charset;
mod fetch;
mod figures;
mod forms;
mod html;
mod judge;
mod markdown;
mod mentions;
mod page;
mod pattern;
mod report;
mod robots;
mod slots;
mod surroundings;
mod tokens;

pub use fetch::{FetchedPage, PageFetcher, page_text};
pub use figures::{Figure, SourceFigures, plan};
pub use forms::{github, junit, markdown, prometheus, sarif};
pub use judge::{FigureFinding, FigureVerdict, judge};
pub use page::{PageFault, PageFormat, PageText, UnreadableReason};
pub use report::{PageStatus, SourceReport, VerifyReport, VerifySummary};
pub use robots::RobotRules;
pub use surroundings::{PageChange, surroundings};
