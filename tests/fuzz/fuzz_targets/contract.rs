//! The TOML of an endpoint and of its listing: read and checked, and where nothing is wrong with
//! them, made into a plan, a document, faithful answers and quotes. Nothing panics, hangs or grows.
//!
//! An input is the endpoint's file, a byte 0x1e, and the listing's, without its first lines.

#![no_main]

use std::collections::BTreeMap;

use cogdex::catalog::{CallName, Catalog, Condition, DiagnosticCode, Tree};
use cogdex::contract::{Contract, Image, ImageRequest, Plan, ResponseContext, openapi};
use cogdex::pricing::{Job, PriceTable, PricingTerms};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let catalog = Catalog::inspect(&tree(data), date(2026, 11, 27)).unwrap();
    let is_fault = |code: DiagnosticCode| code != DiagnosticCode::EditionDigest;
    if catalog.findings.iter().any(|finding| finding.is_error() && is_fault(finding.code)) {
        return;
    }
    use_all(&catalog.catalog);
});

/// What stands beside the two files, so that the catalog is whole.
const BESIDE: [(&str, &str); 5] = [
    ("catalog.toml", "format = 1\n"),
    (
        "sources.toml",
        "[page]\naddress = \"https://example.com/page\"\ntitle = \"A page\"\nkind = \"page\"\n\
         [other]\naddress = \"https://example.com/other\"\ntitle = \"Another\"\nkind = \"page\"\n",
    ),
    ("models/m.toml", "name = \"M\"\nfamily = \"cogview-4\"\n"),
    ("providers/p.toml", "name = \"P\"\n"),
    ("rates.toml", "[[rate]]\nrate = \"1 USD = 7.1 CNY\"\ndate = 2026-11-20\nsource = \"page\"\n"),
];

fn tree(data: &[u8]) -> Tree {
    let mut parts = data.splitn(2, |byte| *byte == 0x1e);
    let endpoint = parts.next().unwrap_or_default().to_vec();
    let head = b"model = \"m\"\nendpoint = \"p/e\"\nslug = \"m\"\n";
    let listing = [head, parts.next().unwrap_or_default()].concat();
    let beside = BESIDE.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let mut files = BTreeMap::from(beside);
    files.insert("endpoints/p/e.toml".to_owned(), endpoint);
    files.insert("listings/p/l.toml".to_owned(), listing);
    Tree::Files(files)
}

/// Makes of a catalog without errors all that a contract and prices are made into.
fn use_all(catalog: &Catalog) {
    let day = date(2026, 11, 27);
    let terms = PricingTerms { currency: "USD".parse().unwrap(), rates: Vec::new() };
    let prices = PriceTable::new(catalog, terms);
    for listing in catalog.listings.values() {
        for images in ["1", "3", "18446744073709551615"] {
            let mut job = Job::default();
            job.set("images", images).unwrap();
            let _ = prices.quote(listing, day, &job);
        }
        let Some(contract) = Contract::new(catalog, listing, day) else { continue };
        let plan = Plan::new(&contract);
        for request in &plan.requests {
            let request = contract.create(&request.image);
            request.and_then(|request| contract.validate_request(&request.body?));
        }
        openapi(&contract);
        answers(&contract);
    }
}

/// Faithful answers to every call, and every refusal.
fn answers(contract: &Contract<'_>) {
    let size = "1024x1024".parse().unwrap();
    let link = "https://example.com/i.png".to_owned();
    let image = Image { size, link, base64: None };
    let context = ResponseContext {
        unix_seconds: 1_763_683_200,
        task: "t".to_owned(),
        poll_link: "https://example.com/t".to_owned(),
        word: None,
    };
    let _ = contract.create(&ImageRequest::prompt("a gull"));
    for call in [CallName::Create, CallName::Poll, CallName::Result] {
        for side in contract.answer_variants(call).into_iter().map(Some).chain([None]) {
            contract.answer(call, side, &context, &[image.clone(), image.clone()]);
        }
        contract.poll(call, "t/1");
    }
    for condition in [Condition::NoKey, Condition::BadSize, Condition::RateLimit] {
        contract.error_case(condition);
    }
}
