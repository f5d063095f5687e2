//! What the fuzz targets of `tests/fuzz` found, as small inputs of the same kinds.

use cogdex::contract::{Contract, Plan};
use cogdex::probe::{ImageFault, image_fault, image_header};
use flate2::Crc;

use crate::support::{TODAY, catalog};

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let named = [name, body].concat();
    let mut crc = Crc::new();
    crc.update(&named);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length[..], &named, &crc.sum().to_be_bytes()].concat()
}

/// A PNG of one empty row, whatever its header claims.
fn png(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &rest].concat();
    // An empty block of packed data.
    let data = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &data), chunk(b"IEND", b"")];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

#[test]
fn an_image_may_claim_more_bytes_than_a_number_holds() {
    for interlaced in [0, 1] {
        let bytes = png(u32::MAX, u32::MAX, [255, 6, 0, 0, interlaced]);
        assert_eq!(image_header(&bytes), (Some("png"), Some((u32::MAX, u32::MAX))));
        assert_eq!(image_fault(&bytes), Some(ImageFault::EndsTooEarly));
    }
}

const ENDPOINT: &str = r#"name = "Images"
[[clause]]
id = "call.create"
source = "page"
seen = 2026-11-20
call = { name = "create", method = "POST", url = "https://e.com/v1", billable = true }
"#;

/// The plan of an endpoint that takes these fields, of which one page states some facts.
fn plan(fields: &[(&str, &str)], facts: &str) -> Vec<(String, usize)> {
    let clauses = fields.iter().map(|(name, fact)| {
        format!(
            "[[clause]]\nid = \"request.{name}\"\nsource = \"page\"\nseen = 2026-11-20\n\
             field = {{ name = \"{name}\", type = \"string\", required = false, fact = \"{fact}\" }}\n"
        )
    });
    let endpoint = [ENDPOINT.to_owned(), clauses.collect()].concat();
    let listing = format!(
        "model = \"m\"\nendpoint = \"p/e\"\nslug = \"m\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{facts}\n"
    );
    let files = [("endpoints/p/e.toml", endpoint.as_str()), ("listings/p/l.toml", &listing)];
    let catalog = catalog(&files);
    let contract = Contract::new(&catalog, &catalog.listings["p/l"], TODAY).unwrap();
    let plan = Plan::new(&contract);
    let length = |request: &cogdex::contract::PlannedRequest| {
        contract.create(&request.image).unwrap().body.unwrap().to_string().len()
    };
    plan.requests.iter().map(|request| (request.id.clone(), length(request))).collect()
}

#[test]
fn a_bound_at_the_end_of_all_numbers_is_planned_for_and_not_crossed() {
    for (field, facts, id) in [
        (("prompt", "prompt-limit"), "prompt-limit = \"18446744073709551615 chars\"", "prompt"),
        (
            ("user_id", "user-id-length"),
            "user-id-length = \"18446744073709551614-18446744073709551615\"",
            "user-id",
        ),
        (
            ("size", "sizes"),
            "sizes = { max = 4294967295, divisor = 3, max-pixels = 18446744073709551615 }",
            "size",
        ),
    ] {
        let requests = plan(&[field], facts);
        assert!(requests.iter().any(|(name, _)| name.starts_with(id)), "{requests:?}");
        assert!(requests.iter().all(|(name, _)| !name.ends_with("too-long")), "{requests:?}");
        assert!(requests.iter().all(|(_, length)| *length < 2 << 20), "{requests:?}");
    }
}
