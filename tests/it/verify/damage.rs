//! Damaged copies of pages, each with the verdict that a person would give.

use cogdex::verify::{FigureVerdict, PageText};

use super::{filler, judged, priced, verdict};
use FigureVerdict::{Changed, Confirmed, Gone, Unreadable};

/// A row: what was done to the page, its words of the figure, and what a person says.
type Row = (&'static str, &'static str, FigureVerdict, &'static str);

/// Holds every row against a price, on a page that is long enough and names the model.
fn hold(price: &str, excerpt: &str, rows: &[Row]) {
    let catalog = priced(price, excerpt);
    for (what, words, expected, found) in rows {
        let page = format!("CogView-4\n{}\n{words}\n{}", filler(), filler());
        let (verdict, seen) = verdict(&catalog, &page);
        assert_eq!((verdict, seen.as_str()), (*expected, *found), "{what}: {words}");
    }
}

#[test]
fn a_price_in_words() {
    hold(
        "4 credits / image",
        "4 credits per image",
        &[
            ("untouched", "Only 4 credits per image.", Confirmed, "4 credits per image"),
            ("figure changed", "Only 6 credits per image.", Changed, "6 credits per image"),
            ("figure grown", "Only 14 credits per image.", Changed, "14 credits per image"),
            ("a range now", "From 3-4 credits per image.", Changed, "3-4 credits per image"),
            ("label changed", "Only 4 stars for a drawing.", Gone, ""),
            (
                "doubled",
                "4 credits per image 4 credits per image",
                Confirmed,
                "4 credits per image",
            ),
            (
                "split by markup",
                "Only **4** credits\nper  _image_",
                Confirmed,
                "4** credits per _image",
            ),
            ("another currency", "Only $4 per image", Changed, "$4 per image"),
            ("another unit", "Only 4 credits per second", Changed, "4 credits per second"),
            (
                "full width",
                "Ｏｎｌｙ　４　ｃｒｅｄｉｔｓ ｐｅｒ ｉｍａｇｅ",
                Confirmed,
                "４ ｃｒｅｄｉｔｓ ｐｅｒ ｉｍａｇｅ",
            ),
            ("Arabic digits", "Only ٤ credits per image", Confirmed, "٤ credits per image"),
            ("Chinese digits", "Only 四 credits per image", Confirmed, "四 credits per image"),
            ("glued", "Base cost4 credits per imageMore", Confirmed, "4 credits per image"),
            ("cut off", "Only 4 cre", Gone, ""),
            ("emptied", "", Gone, ""),
        ],
    );
}

#[test]
fn a_price_with_a_sign() {
    hold(
        "0.06 CNY / image",
        "¥0.06 per generation",
        &[
            ("untouched", "¥0.06 per generation", Confirmed, "¥0.06 per generation"),
            ("wide sign", "￥0.060 per generation", Confirmed, "￥0.060 per generation"),
            ("wide digits", "￥０．０６ per generation", Confirmed, "￥０．０６ per generation"),
            ("figure changed", "¥0.6 per generation", Changed, "¥0.6 per generation"),
            ("longer figure", "¥0.065 per generation", Changed, "¥0.065 per generation"),
            ("another sign", "$0.06 per generation", Changed, "$0.06 per generation"),
            ("another unit", "¥0.06 per second", Changed, "¥0.06 per second"),
            ("label changed", "¥0.06 per whatever", Gone, ""),
            ("Devanagari digits", "¥०.०६ per generation", Confirmed, "¥०.०६ per generation"),
            ("cut off", "¥0.06 per gen", Gone, ""),
        ],
    );
}

#[test]
fn a_row_of_a_table() {
    hold(
        "0.015 USD / image",
        "CogView-4 | $0.015",
        &[
            ("untouched", "| CogView-4 | $0.015 |", Confirmed, "CogView-4 | $0.015"),
            ("bold", "| **CogView-4** | **$0.015** |", Confirmed, "CogView-4** | **$0.015"),
            ("figure changed", "| CogView-4 | $0.02 |", Changed, "CogView-4 | $0.02"),
            ("a range now", "| CogView-4 | $0.015-$0.02 |", Changed, "CogView-4 | $0.015-$0.02"),
            ("another dollar", "| CogView-4 | HK$0.015 |", Changed, "CogView-4 | HK$0.015"),
            ("another sign", "| CogView-4 | €0.015 |", Changed, "CogView-4 | €0.015"),
            ("a share", "| CogView-4 | 0.015% |", Changed, "CogView-4 | 0.015%"),
            ("label changed", "| Painter-7 | $0.015 |", Gone, ""),
        ],
    );
}

#[test]
fn a_price_in_chinese() {
    hold(
        "0.06 CNY / image",
        "0.06 元 / 次",
        &[
            ("untouched", "0.06元/次", Confirmed, "0.06元/次"),
            ("wide", "０．０６　元 ／ 次", Confirmed, "０．０６ 元 ／ 次"),
            ("figure changed", "0.08 元 / 次", Changed, "0.08 元 / 次"),
            ("another currency", "0.06 美元 / 次", Changed, "0.06 美元 / 次"),
            ("another unit", "0.06 元 / 秒", Changed, "0.06 元 / 秒"),
        ],
    );
}

#[test]
fn thousands_and_typographic_signs_make_no_difference() {
    let rows: [Row; 5] = [
        ("comma", "1,000 images – $60.00", Confirmed, "1,000 images – $60.00"),
        ("plain", "1000 images - $60", Confirmed, "1000 images - $60"),
        ("thin blank", "1\u{202f}000 images — $60", Confirmed, "1 000 images — $60"),
        ("apostrophe", "1'000 images − $60", Confirmed, "1'000 images − $60"),
        ("changed", "1,000 images – $65", Changed, "1,000 images – $65"),
    ];
    hold("60 USD / 1000 images", "1,000 images - $60", &rows);
}

#[test]
fn of_several_alike_the_one_beside_the_name_counts() {
    let catalog = priced("8 credits / image", "8 credits");
    let page = |own: &str| {
        format!("{}\nImagen 4\n8 credits\nCogView-4\n{own}\nKling\n6 credits", filler())
    };
    assert_eq!(verdict(&catalog, &page("8 credits")).0, Confirmed);
    assert_eq!(verdict(&catalog, &page("9 credits")), (Changed, "9 credits".to_owned()));
    let catalog = priced("0.01 USD / image", "$0.01 / image");
    let row = |own: &str| format!("{}\nKolors $0.01 / image\nCogView-4 {own}", filler());
    assert_eq!(verdict(&catalog, &row("$0.01 / image")).0, Confirmed);
    assert_eq!(verdict(&catalog, &row("$0.03 / image")), (Changed, "$0.03 / image".to_owned()));
}

#[test]
fn moved_to_another_place_it_still_stands_there() {
    let catalog = priced("4 credits / image", "4 credits per image");
    let first = format!("4 credits per image\n{}CogView-4", filler());
    let last = format!("CogView-4\n{}4 credits per image", filler());
    assert_eq!(verdict(&catalog, &first).0, Confirmed);
    assert_eq!(verdict(&catalog, &last).0, Confirmed);
}

#[test]
fn silence_is_neither_truth_nor_change() {
    let catalog = priced("4 credits / image", "4 credits per image");
    // A short page with the excerpt is the page; a short one with another figure may be anything.
    assert_eq!(verdict(&catalog, "4 credits per image").0, Confirmed);
    assert_eq!(verdict(&catalog, "CogView-4: 6 credits per image").0, Unreadable);
    assert_eq!(verdict(&catalog, "").0, Unreadable);
    assert_eq!(verdict(&catalog, &filler()).0, Unreadable);
    assert_eq!(verdict(&catalog, &format!("{}cogview 4", filler())).0, Gone);
    assert_eq!(verdict(&catalog, &format!("{}cogview-4-250304", filler())).0, Gone);
    assert_eq!(verdict(&catalog, &format!("{}cogview-3", filler())).0, Unreadable);
}

#[test]
fn a_figure_at_a_cut_is_not_taken_for_another() {
    let catalog = priced("0.015 USD / image", "CogView-4 | $0.015");
    let page = format!("{}| CogView-4 | $0.01", filler());
    assert_eq!(verdict(&catalog, &page).0, Gone);
}

#[test]
fn one_excerpt_that_is_found_makes_a_page_readable_for_all() {
    let catalog = super::cogview(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"4 credits / image\"\n\
         prompt-limit = \"1000 chars\"\n\
         excerpt = { price = \"4 credits per image\", prompt-limit = \"max 1000 chars\" }\n",
    );
    let page = PageText::from_text("Prompt (max 1000 chars)".to_owned());
    let verdicts: Vec<_> = judged(&catalog, &page).iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Gone, Confirmed]);
}
