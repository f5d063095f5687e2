//! The sizes that a listing offers, drawn to one scale.

use crate::catalog::{Fact, Field, FieldValue, Size, SizeRule, Sizes};
use crate::site::listing::context::ListingContext;

/// The most sizes that are drawn; the fact beside them names all.
const MAX_SHEETS: usize = 14;

/// How long the longest side is drawn, in pixels.
const MAX_SIDE_PX: u32 = 96;

/// One size as a sheet.
#[derive(Debug)]
pub(crate) struct SizeSheet {
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) shape: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) outer_width: u32,
    pub(crate) outer_height: u32,
}

pub(crate) fn sheets(context: &ListingContext<'_, '_>) -> Vec<SizeSheet> {
    let mut sizes: Vec<(Size, Vec<&'static str>)> = Vec::new();
    let mut add = |size: Size, note: &'static str| {
        let at = sizes.iter().position(|(known, _)| *known == size).unwrap_or_else(|| {
            sizes.push((size, Vec::new()));
            sizes.len() - 1
        });
        if !note.is_empty() && !sizes[at].1.contains(&note) {
            sizes[at].1.push(note);
        }
    };
    for (field, note) in [(Field::Sizes, ""), (Field::RecommendedSizes, "recommended")] {
        let views = context.fact(field).into_iter().flat_map(Fact::effective_claims);
        for view in views {
            match view.value.try_as_sizes_ref() {
                Some(Sizes::List(list)) => list.iter().for_each(|s| add(*s, note)),
                Some(Sizes::Rule(rule)) => {
                    for (size, note) in corners(*rule) {
                        add(size, note);
                    }
                }
                None => {}
            }
        }
    }
    if let Some(FieldValue::Size(size)) = context.value(Field::DefaultSize) {
        add(*size, "default");
    }
    sizes.truncate(MAX_SHEETS);
    let longest = sizes.iter().map(|(size, _)| size.width.max(size.height)).max();
    let longest = longest.unwrap_or(1);
    sizes.iter().map(|(size, notes)| sheet(*size, notes.join(", "), longest)).collect()
}

/// The smallest and the largest that a rule lets through, where it bounds them.
fn corners(rule: SizeRule) -> Vec<(Size, &'static str)> {
    let square = |side| rule.nearest(Size { width: side, height: side });
    let least = rule.min.and_then(square).map(|size| (size, "smallest"));
    let most = rule.max.and_then(square).map(|size| (size, "near the largest"));
    least.into_iter().chain(most).collect()
}

fn sheet(size: Size, note: String, longest: u32) -> SizeSheet {
    let drawn = |side: u32| (side * MAX_SIDE_PX / longest.max(1)).max(2);
    let (width, height) = (drawn(size.width), drawn(size.height));
    let shape = match size.width.cmp(&size.height) {
        std::cmp::Ordering::Less => "upright",
        std::cmp::Ordering::Equal => "square",
        std::cmp::Ordering::Greater => "wide",
    };
    SizeSheet {
        label: size.to_string(),
        note,
        shape,
        width,
        height,
        outer_width: width + 2,
        outer_height: height + 2,
    }
}
