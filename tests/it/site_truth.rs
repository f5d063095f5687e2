//! The pages say nothing that the data does not support: ranks under a deadline, who is cheaper,
//! how old a price and a rate are, and whose sum a total is.

use std::io::Write as _;
use std::process::Command;

use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::{Job, PriceTable, PricingTerms, RankBy, Selection, compare, select};
use cogdex::site::{ProbeRecords, Settings, Site};

use crate::support::{TODAY, catalog};

/// One file of the site of a catalog, by how its path begins and ends.
fn file(catalog: &Catalog, start: &str, end: &str) -> String {
    let records = ProbeRecords::default();
    let site = Site::new(catalog, &records, Settings { as_of: TODAY, served: false });
    let files = site.files();
    let fits = |path: &str| path.starts_with(start) && path.ends_with(end);
    let file = files.iter().find(|file| fits(&file.path)).unwrap();
    String::from_utf8(site.render(file).unwrap()).unwrap()
}

fn page(catalog: &Catalog, path: &str) -> String {
    file(catalog, path, path)
}

/// A listing of the model that is compared where none is named, with some facts.
fn sold(facts: &str) -> String {
    format!("model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{facts}\n")
}

fn sellers(listings: &[(&str, &str)]) -> Catalog {
    let files: Vec<_> =
        listings.iter().map(|(id, facts)| (format!("listings/{id}.toml"), sold(facts))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    catalog(&files)
}

#[track_caller]
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part} is missing, or too early"));
        rest = &rest[at + part.len()..];
    }
}

/// What the script of the pages makes of a job: a line for each listing, in its order.
const HARNESS: &str = r#"
const book = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
const [, , , family, images, deadline] = process.argv;
const job = { images: BigInt(images), size: "1024x1024", quality: "", currency: "USD", reject: [0n, 1n], deadline: BigInt(deadline) };
const quotes = book.rows.filter((row) => row.family === family).map((row) => Calculator.quote(book, row, job));
for (const it of quotes.sort(Calculator.order)) {
  const total = it.total ? it.total.map(String).join(" to ") : it.timeUnknown ? "time unknown" : it.state;
  const more = [it.mayMiss && "may miss", it.total && it.state !== "priced" && it.state].filter(Boolean);
  const why = it.state === "unknown" && !it.timeUnknown ? `: ${it.reason}` : "";
  console.log([`${it.row.listing} ${total}${why}`, ...more].join(" "));
}
"#;

const BROWSER: &str = "const nothing = () => null;\n\
    globalThis.document = { documentElement: { dataset: {} }, querySelector: nothing, \
    getElementById: nothing, querySelectorAll: () => [] };\n\
    globalThis.localStorage = { getItem: nothing };\n\
    globalThis.matchMedia = () => ({ matches: false });\n";

/// The lines of the calculator; where there is no Node to run it nothing, which is told.
fn calculated(
    catalog: &Catalog,
    family: &str,
    images: u64,
    deadline_ms: u64,
) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let (script, book) = (folder.path().join("site.cjs"), folder.path().join("book.json"));
    let code = file(catalog, "static/site-", ".js");
    std::fs::write(&script, format!("{BROWSER}{code}{HARNESS}")).unwrap();
    std::fs::write(&book, page(catalog, "api/v1/book.json")).unwrap();
    let arguments = [family.to_owned(), images.to_string(), deadline_ms.to_string()];
    let Ok(output) = Command::new("node").arg(&script).arg(&book).args(arguments).output() else {
        // Straight to stderr: what is printed is only shown where a test fails.
        let left_out = "left out: the calculator's script, for want of `node`\n";
        std::io::stderr().write_all(left_out.as_bytes()).unwrap();
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn under_a_deadline_the_sure_come_first_and_an_unstated_time_has_no_rank() {
    let catalog = sellers(&[
        ("p/silent", "price = \"0.01 USD / image\""),
        ("p/may-miss", "price = \"0.02 USD / image\"\nlatency = \"5-10 s\""),
        ("p/sure", "price = \"0.03 USD / image\"\nlatency = \"1-2 s\""),
        ("p/slow", "price = \"0.001 USD / image\"\nlatency = \"60 s\""),
    ]);
    let Some(lines) = calculated(&catalog, "cogview-4", 1, 7000) else { return };
    let expected = [
        "p/sure 0.03 to 0.03",
        "p/may-miss 0.02 to 0.02 may miss",
        "p/silent time unknown",
        "p/slow refused",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_calculator_ranks_as_the_comparison_does() {
    let catalog = Catalog::embedded().unwrap();
    let terms = PricingTerms { currency: Currency::DOLLARS, rates: Vec::new() };
    let table = PriceTable::new(&catalog, terms);
    let listings = select(&catalog, &Selection::default()).unwrap();
    for (images, deadline) in [(1, 0), (1, 1000), (1, 6000), (1000, 7_200_000)] {
        let deadline_ms = (deadline > 0).then_some(deadline);
        let job = Job { images, deadline_ms, ..Job::default() };
        let compared = compare(&table, &listings, &job, TODAY, RankBy::Total);
        let Some(lines) = calculated(&catalog, "cogview-4", images, deadline) else { return };
        let ranked: Vec<_> = compared.quotes.iter().filter(|(rank, _)| rank.is_some()).collect();
        for (line, (_, quote)) in lines.iter().zip(&ranked) {
            let total = quote.total.unwrap();
            let total = format!(
                "{} {} to {}",
                quote.listing,
                total.low.normalize(),
                total.high.normalize()
            );
            assert!(line.starts_with(&total), "{line}, not {total}");
        }
        let totals = lines.iter().filter(|line| line.contains(" to ")).count();
        assert_eq!(totals, ranked.len(), "{lines:?}");
    }
}

#[test]
fn the_calculator_has_no_figure_beyond_the_last_step_and_pays_calls_whole() {
    let other = "[[statement]]\nsource = \"other\"\nseen = 2026-11-20\n";
    let limited = "price = [{ price = \"0.02 USD / image\", up-to = 100 }, \
                   { price = \"0.01 USD / image\", up-to = 1000 }]";
    let disputed = format!("{limited}\n{other}price = \"0.02 USD / image\"");
    let catalog = sellers(&[
        ("p/calls", "price = \"0.3 USD / call\"\nimages-per-answer = \"4\""),
        ("p/disputed", &disputed),
        ("p/limited", limited),
    ]);
    let beyond = "no source states a price beyond image 1000 of a month";
    let unknown = format!("p/limited unknown: {beyond}");
    for (images, expected) in [
        // A call of four images; both sources say 0.02.
        (1, ["p/disputed 0.02 to 0.02", "p/limited 0.02 to 0.02", "p/calls 0.3 to 0.3"]),
        // 100 at 0.02 and 50 at 0.01; 38 calls.
        (150, ["p/limited 2.5 to 2.5", "p/disputed 2.5 to 3 disputed", "p/calls 11.4 to 11.4"]),
        // One source says nothing of the last image; 251 calls.
        (1001, ["p/disputed 20.02 to 20.02 disputed", "p/calls 75.3 to 75.3", &unknown]),
    ] {
        let Some(lines) = calculated(&catalog, "cogview-4", images, 0) else { return };
        assert_eq!(lines, expected, "{images}");
        // The program says the same.
        let terms = PricingTerms { currency: Currency::DOLLARS, rates: Vec::new() };
        let table = PriceTable::new(&catalog, terms);
        let listings = select(&catalog, &Selection::default()).unwrap();
        let job = Job { images, ..Job::default() };
        let compared = compare(&table, &listings, &job, TODAY, RankBy::Total);
        for (line, (_, quote)) in lines.iter().zip(&compared.quotes) {
            let said = match quote.total {
                Some(total) => {
                    let state = quote.state.as_str();
                    let state = if state == "priced" { String::new() } else { format!(" {state}") };
                    let (low, high) = (total.low.normalize(), total.high.normalize());
                    format!("{} {low} to {high}{state}", quote.listing)
                }
                None => {
                    format!("{} {}: {}", quote.listing, quote.state, quote.reason.as_ref().unwrap())
                }
            };
            assert_eq!(*line, said);
        }
    }
}

#[test]
fn a_sum_with_a_fee_is_told_with_all_of_its_parts() {
    let catalog = sellers(&[
        (
            "p/l",
            "price = \"0.04 USD / call + 0.01 USD / image\"\nfee = { rate = \"10%\", on = \"top-up\" }",
        ),
        ("p/no-fee", "price = \"0.04 USD / call + 0.01 USD / image\""),
    ]);
    let text = page(&catalog, "listings/p/l/index.md");
    let sum = "0.04 USD / call + 0.01 USD / image stated + 10% fee on top-up = $0.055";
    assert!(text.contains(sum), "{text}");
    // What the page states is no fee.
    let text = page(&catalog, "listings/p/no-fee/index.md");
    assert!(!text.contains("stated +") && text.contains("From one source"), "{text}");
}

#[test]
fn cheaper_and_faster_are_only_those_that_surely_are() {
    let catalog = sellers(&[
        (
            "p/range",
            "price = \"0.01 USD / image\"\nlatency = \"5-10 s\"\n[[statement]]\n\
         source = \"other\"\nseen = 2026-11-20\nprice = \"0.03 USD / image\"",
        ),
        ("q/surely", "price = \"0.005 USD / image\"\nlatency = \"1 s\""),
        ("q/within", "price = \"0.02 USD / image\"\nlatency = \"6 s\""),
        ("q/dearer", "price = \"0.04 USD / image\"\nlatency = \"30 s\""),
        ("q/silent", "mode = \"sync\""),
    ]);
    let page = |id: &str| {
        let text = page(&catalog, &format!("listings/{id}/index.md"));
        text.split_once("## Other sellers").unwrap().1.to_owned()
    };
    let text = page("p/range");
    in_order(
        &text,
        &[
            "### Cheaper",
            "q/surely",
            "### Maybe cheaper",
            "q/within",
            "### Faster",
            "q/surely",
            "### Maybe faster",
            "q/within",
        ],
    );
    let cheaper = text.split("### Maybe cheaper").next().unwrap();
    assert!(!cheaper.contains("q/within") && !cheaper.contains("q/dearer"), "{text}");
}

#[test]
fn who_states_no_price_has_no_cheaper_sellers() {
    let catalog = sellers(&[
        ("p/silent", "mode = \"sync\""),
        ("q/priced", "price = \"0.02 USD / image\"\nlatency = \"6 s\""),
    ]);
    for ending in ["html", "md"] {
        let text = page(&catalog, &format!("listings/p/silent/index.{ending}"));
        in_order(
            &text,
            &["Sellers with a known price", "q/priced", "Sellers with a stated time", "q/priced"],
        );
        for wrong in ["Cheaper", "Faster"] {
            assert!(!text.contains(wrong), "{wrong} in {ending}");
        }
    }
}

#[test]
fn the_embedded_pages_do_not_contradict_their_pairs() {
    let catalog = Catalog::embedded().unwrap();
    let listing = page(&catalog, "listings/apiin/cogview-4/index.md");
    let elsewhere = listing.split_once("## Other sellers").unwrap().1;
    in_order(
        elsewhere,
        &[
            "### Cheaper",
            "No listing of the family is known to be cheaper",
            "### Maybe cheaper",
            "zai/cogview-4-250304",
        ],
    );
}

#[test]
fn a_converted_figure_stands_behind_the_stated_one_with_the_day_of_its_rate() {
    let catalog = Catalog::embedded().unwrap();
    let rate = "1 USD = 6.7854 CNY of 2026-08-19, ";
    for path in [
        "index",
        "listings/bigmodel/cogview-4/index",
        "models/cogview-4/index",
        "providers/bigmodel/index",
        "endpoints/bigmodel/images/index",
    ] {
        for ending in ["html", "md"] {
            let text = page(&catalog, &format!("{path}.{ending}"));
            assert!(
                text.contains("≈ $0.00884")
                    || text.contains("≈ $8.84")
                    || text.contains("≈ 8.8425"),
                "{path}.{ending} has no converted figure"
            );
            let (_, age) =
                text.split_once(rate).unwrap_or_else(|| panic!("{path}.{ending}: no rate"));
            assert!(age[..60].contains("days old"), "{path}.{ending}: {}", &age[..60]);
        }
    }
    let model = page(&catalog, "models/cogview-4/index.md");
    assert!(model.contains("¥0.06 ≈ $0.00884"), "{model}");
}

#[test]
fn home_tells_when_the_price_was_checked_and_an_old_one_is_not_green() {
    let catalog = Catalog::embedded().unwrap();
    let home = page(&catalog, "index.html");
    let row = home.split("<tr data-listing=\"zai/cogview-4-250304\"").nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    in_order(row, &["data-name=\"Price checked\"", "2025-10-26", "badge stale", "days old"]);
    for path in [
        "models/cogview-4/index.html",
        "providers/zai/index.html",
        "listings/zai/cogview-4-250304/index.html",
    ] {
        let text = page(&catalog, path);
        assert!(text.contains("old price"), "{path}");
    }
    let listing = page(&catalog, "listings/zai/cogview-4-250304/index.html");
    assert!(!listing.contains("badge priced"), "an old price is no good news");
    for (path, wrong) in
        [("index.html", "Last seen"), ("listings/zai/cogview-4-250304/index.html", "Last verified")]
    {
        assert!(!page(&catalog, path).contains(wrong), "{path}: {wrong}");
    }
}

#[test]
fn home_has_notes_below_and_no_price_is_called_free_or_disputed_that_is_not() {
    let catalog = Catalog::embedded().unwrap();
    let home = page(&catalog, "index.html");
    for note in ["a fee of 5% on top-up", "assumes one image per call", "counted in megapixels"] {
        let list = home.split("id=\"notes\"").nth(1).unwrap();
        assert!(list.contains(note), "{note}");
    }
    assert!(home.contains("<sup><a href=\"#note-a\">a</a>"));
    assert!(!home.contains("free, "), "a free choice of size is no free image");
    assert!(home.contains("any, 512–2048 px"));
    let size_disputed = sellers(&[(
        "p/l",
        "price = \"0.02 USD / image\"\nsizes = [\"1024x1024\"]\n[[statement]]\nsource = \"other\"\n\
         seen = 2026-11-20\nsizes = [\"512x512\"]",
    )]);
    let home = page(&size_disputed, "index.html");
    assert!(home.contains("size disputed"), "the price has one answer");
}

#[test]
fn home_counts_each_offer_once() {
    let catalog = sellers(&[
        ("p/a", "price = \"0.02 USD / image\""),
        ("p/b", "price = \"0.03 USD / image\""),
        ("p/c", "mode = \"sync\""),
        ("p/d", "price = \"0.001 USD / second\""),
    ]);
    let home = page(&catalog, "index.html");
    for (count, label) in
        [(2, "clear prices"), (1, "billed by the second"), (1, "without a public price")]
    {
        assert!(home.contains(&format!("<b>{count}</b> {label}")), "{label}");
    }
    assert!(!home.contains("statements"));
}

#[test]
fn a_total_with_a_fee_is_told_as_our_sum() {
    let catalog = Catalog::embedded().unwrap();
    for ending in ["html", "md"] {
        let text = page(&catalog, &format!("listings/aigateway/cogview4/index.{ending}"));
        assert!(text.contains("0.100 USD / image stated + 5% fee on top-up = $0.105"));
        assert!(!text.contains("One source says so"), "no source says 0.105");
    }
}

#[test]
fn what_is_stated_of_the_model_is_not_told_as_the_sellers_offer() {
    let catalog = Catalog::embedded().unwrap();
    for ending in ["html", "md"] {
        let text = page(&catalog, &format!("listings/gitee/cogview4-6b/index.{ending}"));
        assert!(!text.contains("Gitee AI offers any"), "{ending}");
        assert!(text.contains("from the model, not the seller"), "{ending}");
    }
    let records = ProbeRecords::default();
    let site = Site::new(&catalog, &records, Settings { as_of: TODAY, served: false });
    let answers = site.answers(&catalog.listings["gitee/cogview4-6b"]);
    let said: String = answers.into_iter().flat_map(|answer| answer.paragraphs).collect();
    assert!(said.contains("no source says what Gitee AI offers") && !said.contains("offers any"));
    let home = page(&catalog, "index.md");
    let row = home.lines().find(|line| line.contains("[gitee/cogview4-6b]")).unwrap();
    assert!(row.contains("any, 512–2048 px (from the model, not the seller)"), "{row}");
}

#[test]
fn the_calculator_offers_no_choice_that_is_stated_of_a_model_alone() {
    let model = (
        "models/m.toml",
        "name = \"M\"\nfamily = \"cogview-4\"\n[[statement]]\nsource = \"page\"\n\
         seen = 2026-11-20\nsizes = [\"512x512\"]\nqualities = [\"ultra\"]\n",
    );
    let listing = sold("sizes = [\"768x768\"]");
    let silent = sold("mode = \"sync\"");
    let files = [model, ("listings/p/l.toml", &*listing), ("listings/p/silent.toml", &*silent)];
    let home = page(&catalog(&files), "index.html");
    assert!(home.contains("value=\"768x768\""));
    for choice in ["512x512", "ultra"] {
        assert!(!home.contains(&format!("value=\"{choice}\"")), "{choice}");
    }
}

#[test]
fn the_answer_to_the_buyers_question_comes_first() {
    let catalog = sellers(&[
        ("p/sure", "price = \"0.02 USD / image\""),
        (
            "q/disputed",
            "price = \"0.01 USD / image\"\n[[statement]]\nsource = \"other\"\nseen = 2026-11-20\n\
             price = \"0.03 USD / image\"",
        ),
        ("p/dear", "price = \"0.05 USD / image\""),
    ]);
    for ending in ["html", "md"] {
        let home = page(&catalog, &format!("index.{ending}"));
        in_order(&home, &["Cheapest: ", "$20 for 1,000 images", "2026-11-20", "may be cheaper"]);
        in_order(&home, &["may be cheaper: $10–30 for 1,000 images; its own pages disagree."]);
        assert!(!home.split("18").next().unwrap().contains("$50 for"), "the dear one is no answer");
    }
    let old = sellers(&[
        ("p/sure", "price = \"0.02 USD / image\""),
        (
            "q/old",
            "mode = \"sync\"\n[[statement]]\nsource = \"other\"\nseen = 2025-11-20\n\
             price = \"0.01 USD / image\"",
        ),
    ]);
    let home = page(&old, "index.md");
    in_order(&home, &["Cheapest: ", "$20 for 1,000", "that price was last checked on 2025-11-20"]);
}

#[test]
fn what_is_no_longer_sold_has_no_rank_and_keeps_a_page_that_says_so() {
    let catalog = sellers(&[
        ("p/gone", "price = \"0.001 USD / image\"\nactive = false"),
        ("p/sold", "price = \"0.02 USD / image\""),
    ]);
    let home = page(&catalog, "index.html");
    in_order(&home, &["data-listing=\"p/sold\"", "data-listing=\"p/gone\"", "no longer sold"]);
    assert!(
        !home
            .split("price-chart")
            .nth(1)
            .unwrap()
            .split("</svg>")
            .next()
            .unwrap()
            .contains("p/gone")
    );
    let listing = page(&catalog, "listings/p/gone/index.html");
    assert!(listing.contains("No longer sold."));
    let pairs = page(&catalog, "compare/index.html");
    assert!(!pairs.contains("p/gone"), "it is compared with nothing");
}

#[test]
fn a_fact_with_young_support_is_not_stale_and_what_cannot_age_never_is() {
    let catalog = sellers(&[(
        "p/l",
        "price = \"0.02 USD / image\"\n[[statement]]\nsource = \"other\"\nseen = 2024-11-20\n\
         price = \"0.02 USD / image\"\nreleased = \"March 2024\"\nparameters = \"6B\"",
    )]);
    let text = page(&catalog, "listings/p/l/index.html");
    let value = |anchor: &str| {
        let fact = text.split(&format!("id=\"fact-{anchor}\"")).nth(1).unwrap();
        fact.split("<details").next().unwrap().to_owned()
    };
    for anchor in ["price", "released", "parameters"] {
        assert!(!value(anchor).contains("badge stale"), "{anchor}: {}", value(anchor));
    }
}

#[test]
fn each_seller_has_a_way_out_and_no_page_hands_on_its_weight() {
    let catalog = Catalog::embedded().unwrap();
    let home = page(&catalog, "index.html");
    let row = home.split("<tr data-listing=\"zai/cogview-4-250304\"").nth(1).unwrap();
    assert!(
        row.split("</tr>")
            .next()
            .unwrap()
            .contains("href=\"https://z.ai/model-api\" rel=\"nofollow noopener\"")
    );
    for path in ["listings/zai/cogview-4-250304/index.html", "providers/zai/index.html"] {
        in_order(&page(&catalog, path), &["Open at Z.ai", "Price page", "Get a key"]);
    }
    // Where nobody states an address, the page that was read leads there.
    assert!(
        page(&catalog, "listings/apiin/cogview-4/index.html")
            .contains("class=\"way\" href=\"https://")
    );
    let dispute = page(&catalog, "disputes/index.html");
    in_order(&dispute, &["id=\"open\"", "5×: one image costs", "id=\"promises\"", "apiin/images"]);
}

#[test]
fn the_script_reads_numbers_as_people_write_them_and_shows_money_as_the_program_does() {
    let catalog = sellers(&[("p/l", "price = \"0.02 USD / image\"")]);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("site.cjs");
    let code = file(&catalog, "static/site-", ".js");
    let amounts = [
        "8.82196302",
        "0.00882196302",
        "104.8576",
        "0.1",
        "0.9999",
        "8547373.81938",
        "12345.678",
        "8.4",
        "0",
        "0.0000012345",
    ];
    let calls = r#"
const shown = (it) => (it === null ? "none" : String(it));
for (const it of ["1000", "1,000", "1 000", "1k", "2.5k", "1e3", "1.000", "10", "0", "1.5", "x", "1,00"]) console.log(shown(Read.images(it)));
for (const it of ["10", "10%", "10 %", "2,5%", "100", "x"]) console.log(shown(Read.share(it)));
for (const it of ["2 h", "1h30m", "90 min", "2H", "30s", "2 hours", "10", "h", ""]) console.log(shown(Read.deadline(it)));
"#;
    let calls_of = |it: &&str| format!("console.log(Decimal.parse(\"{it}\").short());");
    let money = amounts.iter().map(calls_of).collect::<Vec<_>>().join("\n");
    std::fs::write(&script, format!("{BROWSER}{code}{calls}{money}")).unwrap();
    let Ok(output) = Command::new("node").arg(&script).output() else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut expected: Vec<String> = [
        "1000", "1000", "1000", "1000", "2500", "1000", "1000", "10", "none", "none", "none",
        "none",
    ]
    .map(String::from)
    .to_vec();
    expected.extend(["10,100", "10,100", "10,100", "25,1000", "none", "none"].map(String::from));
    expected.extend(
        ["7200000", "5400000", "5400000", "7200000", "30000", "7200000", "none", "none", "0"]
            .map(String::from),
    );
    let shown = |it: &&str| {
        cogdex::pricing::money(it.parse().unwrap(), Currency::DOLLARS)
            .trim_start_matches('$')
            .to_owned()
    };
    expected.extend(amounts.iter().map(shown));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines, expected);
}
