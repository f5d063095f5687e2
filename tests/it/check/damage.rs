//! A catalog damaged at random: it is explained or it is computed with, and nothing panics.

use std::collections::BTreeMap;

use cogdex::catalog::{Catalog, OpenError, Tree};
use cogdex::diff::diff;
use cogdex::pricing::{Job, RankBy, Selection, select};
use cogdex::show::show;
use proptest::prelude::*;
use proptest::sample::{Index, select as one_of};
use proptest::strategy::ValueTree;
use proptest::test_runner::RngSeed;

use super::fixture;
use crate::support::{TODAY, compare, job, terms};

/// What slips into a file, or is put there.
const PIECES: [&str; 24] = [
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{1b}[31m",
    "\"",
    "'''",
    "[[",
    "]",
    "{",
    "=",
    "#",
    "-",
    "99999999999999999999999999999",
    "0.000000000001",
    "1e9",
    "2999-01-01",
    "0000-01-01",
    "[[statement]]\n",
    "[[ruling]]\n",
    "price = \"79228162514264337593543950335 credits / pixel\"\n",
    "sizes = { min = 4294967295, divisor = 4294967294 }\n",
    "credits = \"3 credits = 79228162514264337593543950335 USD\"\n",
    "latency = \"18446744073709551615 s\"\n",
];

/// One thing that happens to a file; an index is a share of the file's length.
#[derive(Debug, Clone)]
enum Damage {
    Byte(Index, u8),
    Digit(Index, u8),
    Cut(Index, usize),
    Insert(Index, &'static str),
    Repeat(Index),
    Drop(Index),
    Swap(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        // Other digits leave most files whole, so that there is something to compute with.
        4 => (at(), b'0'..=b'9').prop_map(|(at, digit)| Damage::Digit(at, digit)),
        1 => (at(), 1..200_usize).prop_map(|(at, length)| Damage::Cut(at, length)),
        2 => (at(), one_of(&PIECES[..])).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        1 => at().prop_map(Damage::Repeat),
        2 => at().prop_map(Damage::Drop),
        1 => (at(), at()).prop_map(|(a, b)| Damage::Swap(a, b)),
    ]
}

fn damaged(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let mut lines: Vec<Vec<u8>> =
        bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    match damage {
        Damage::Byte(at, byte) => *at.get_mut(bytes) = *byte,
        Damage::Digit(at, digit) => {
            let digits: Vec<_> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit()).collect();
            if !digits.is_empty() {
                bytes[*at.get(&digits)] = *digit;
            }
        }
        Damage::Cut(at, length) => {
            let from = at.index(bytes.len());
            bytes.drain(from..(from + length).min(bytes.len()));
        }
        Damage::Insert(at, piece) => {
            let at = at.index(lines.len());
            lines.insert(at, piece.as_bytes().to_vec());
            *bytes = lines.concat();
        }
        Damage::Repeat(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
            *bytes = lines.concat();
        }
        Damage::Drop(at) => {
            lines.remove(at.index(lines.len()));
            *bytes = lines.concat();
        }
        Damage::Swap(a, b) => {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
            *bytes = lines.concat();
        }
    }
}

fn tiny() -> BTreeMap<String, Vec<u8>> {
    let tree = Tree::Folder(fixture("catalog"));
    let paths = tree.paths().unwrap_or_else(|why| panic!("{why}"));
    let read = |path: String| {
        let bytes = tree.read(&path).map(std::borrow::Cow::into_owned);
        (path, bytes.unwrap_or_else(|why| panic!("{why}")))
    };
    paths.into_iter().map(read).collect()
}

fn jobs() -> [Job; 4] {
    [
        Job::default(),
        job(&[("images", "1000000000000"), ("quality", "hd"), ("fail-rate", "99.9%")]),
        job(&[("size", "16384x16384"), ("budget", "20 USD"), ("deadline", "10m")]),
        job(&[
            ("size", "1x1"),
            ("seconds-per-image", "3"),
            ("hardware", "x"),
            ("require", "async"),
        ]),
    ]
}

/// Asks everything of a catalog that was opened; an answer may be an error, never a panic.
fn asked(catalog: &Catalog) {
    for selection in [Selection::default(), Selection::Any] {
        let Ok(listings) = select(catalog, &selection) else { continue };
        for job in jobs() {
            drop(compare(catalog, &listings, &job, &terms()));
        }
    }
    for listing in catalog.listings.values() {
        let shown = show(catalog, listing, TODAY);
        assert!(
            serde_json::to_value(cogdex::show::ListingDocument::new(&shown, catalog))
                .is_ok_and(|it| it.is_object())
        );
    }
    let whole = Catalog::open(&Tree::Files(tiny()), TODAY).unwrap_or_else(|why| panic!("{why}"));
    let jobs: Vec<_> = jobs().into_iter().map(|job| (job, RankBy::Total)).collect();
    drop(diff((&terms().table(&whole), &terms().table(catalog)), &jobs, TODAY, |_, _| true));
}

fn bounded() -> ProptestConfig {
    ProptestConfig {
        cases: 512,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_120),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(bounded())]

    #[test]
    fn a_damaged_catalog_is_explained_or_computed_with(
        which in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let mut files = tiny();
        let path = which.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = files.get_mut(&path).unwrap();
        for damage in &damages {
            damaged(bytes, damage);
        }
        let lines = bytes.split(|b| *b == b'\n').count();
        let tree = Tree::Files(files);
        let findings = Catalog::inspect(&tree, TODAY).unwrap().findings;
        for finding in &findings {
            let place = &finding.place;
            prop_assert!(tree.paths().unwrap().contains(&place.path) || place.path == "editions.toml", "{place}");
            prop_assert!(place.line >= 1 && place.column >= 1, "{place}");
            prop_assert!(place.path != path || place.line as usize <= lines, "{place} of {lines}");
            prop_assert!(!finding.text.contains('\n') && !finding.text.is_empty());
        }
        prop_assert!(findings.is_sorted());
        match Catalog::open(&tree, TODAY) {
            Ok(catalog) => asked(&catalog),
            Err(OpenError::Damaged(told)) => prop_assert_eq!(told, findings),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn enough_of_the_damaged_catalogs_can_be_computed_with() {
    let mut runner = proptest::test_runner::TestRunner::new(bounded());
    let (mut whole, mut refused) = (0, 0);
    for _ in 0..128 {
        let mut files = tiny();
        let paths: Vec<_> = files.keys().cloned().collect();
        let strategy = (any::<Index>(), damage());
        let (which, damage) = strategy.new_tree(&mut runner).unwrap().current();
        damaged(files.get_mut(which.get(&paths)).unwrap(), &damage);
        match Catalog::open(&Tree::Files(files), TODAY) {
            Ok(_) => whole += 1,
            Err(_) => refused += 1,
        }
    }
    // Else the property above would say little of one of the two.
    assert!(whole > 20 && refused > 20, "{whole} whole, {refused} refused");
}
