//! Verification: whether the pages still say what the catalog says.
//!
//! An excerpt beside a figure is an assertion about a page. Here a page becomes the text that a
//! reader sees, and every excerpt is looked for in it. Nothing is fetched here, and no clock read.

mod charset;
mod figures;
mod html;
mod judge;
mod markdown;
mod mentions;
mod page;
mod pattern;
mod report;
mod robots;
mod slots;
mod tokens;

pub use figures::{Figure, SourceFigures, plan};
pub use judge::{FigureFinding, FigureVerdict, judge};
pub use page::{PageFault, PageFormat, PageText, UnreadableReason};
pub use report::{PageStatus, SourceReport, VerifyReport, VerifySummary};
pub use robots::RobotRules;
