//! Prices that public reports say other tools get wrong, with what they come to by hand. Each row
//! names its report.

use super::stated::total;

/// Report, statement, job, total.
type Report = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const REPORTS: &[Report] = &[
    // One flat price for three qualities: what nobody asks for is a range, and none of them.
    ("metadist/synaplan#1315", GPT_IMAGE, &[], "0.011 to 0.167"),
    ("metadist/synaplan#1315", GPT_IMAGE, &[("quality", "high")], "0.167"),
    // A size that is lost on the way is priced as another: here it is refused.
    ("ArcReel/ArcReel#401", SIZES, &[("size", "1792x1024")], "0.08"),
    ("ArcReel/ArcReel#401", SIZES, &[("size", "512x512")], "no-price-for-variant"),
    // The listed sizes and qualities go before the flat entry, and all others fall back to it.
    ("BerriAI/litellm#37751", FLAT, &[("quality", "low")], "0.006"),
    ("BerriAI/litellm#37751", FLAT, &[("quality", "high")], "0.211"),
    ("BerriAI/litellm#37751", FLAT, &[("size", "640x640"), ("quality", "high")], "0.145"),
    // 2,388,000 units beyond the free 240,000 at 0.000024 each.
    ("nozomi-koborinai/gcp-cost-mcp-server#8", FREE_TIER, &[("images", "2628000")], "57.312"),
    // 100 at 1, 900 at 0.10, 9,000 at 0.01, 10,000 at 0.001.
    ("polarsource/polar#7346", GRADUATED, &[("images", "20000")], "290"),
    // 10.55 and 14.77 credits of which 211 are a dollar.
    ("Comfy-Org/docs#970", CLASSES, &[], "0.05"),
    ("Comfy-Org/docs#970", CLASSES, &[("size", "2048x2048")], "0.07"),
    // The flat fee of a request is not halved with the price.
    ("maximhq/bifrost#5292", BATCH_WITH_FEE, &[("mode", "batch")], "0.021"),
    ("maximhq/bifrost#5292", BATCH_WITH_FEE, &[], "0.041"),
    // Ten images of 1536x1536 were billed 0.60 where 0.046 each was expected: whole megapixels.
    ("fal-ai/fal#655", MEGAPIXELS, &[("images", "10"), ("size", "1536x1536")], "0.45 to 0.6"),
    // A batch that is listed at the full price costs it.
    ("truefoundry/models#765", FULL_BATCH, &[("mode", "batch")], "0.04"),
];

const GPT_IMAGE: &str = "price = [{ price = \"0.011 USD / image\", quality = \"low\" }, \
    { price = \"0.042 USD / image\", quality = \"medium\" }, \
    { price = \"0.167 USD / image\", quality = \"high\" }]\nqualities = [\"low\", \"medium\", \"high\"]";
const SIZES: &str = "price = [{ price = \"0.04 USD / image\", size = \"1024x1024\" }, \
    { price = \"0.08 USD / image\", size = \"1792x1024\" }]";
const FLAT: &str = "price = [{ price = \"0.145 USD / image\" }, \
    { price = \"0.006 USD / image\", size = \"1024x1024\", quality = \"low\" }, \
    { price = \"0.211 USD / image\", size = \"1024x1024\", quality = \"high\" }]";
const FREE_TIER: &str = "price = [{ price = \"0 USD / image\", up-to = 240_000 }, \
    { price = \"0.000024 USD / image\" }]";
const GRADUATED: &str = "price = [{ price = \"1 USD / image\", up-to = 100 }, \
    { price = \"0.10 USD / image\", up-to = 1_000 }, \
    { price = \"0.01 USD / image\", up-to = 10_000 }, { price = \"0.001 USD / image\" }]";
const CLASSES: &str = "price = [{ price = \"10.55 credits / call\", max-pixels = 1_048_576 }, \
    { price = \"14.77 credits / call\", max-pixels = 4_194_304 }]\ncredits = \"211 credits = 1 USD\"";
const BATCH_WITH_FEE: &str = "price = [{ price = \"0.04 USD / image\" }, \
    { price = \"50%\", mode = \"batch\" }]\nfee = { amount = \"0.001 USD\", on = \"call\" }";
const MEGAPIXELS: &str = "price = \"0.02 USD / megapixel\"";
const FULL_BATCH: &str = "price = [{ price = \"0.04 USD / image\" }, \
    { price = \"100%\", mode = \"batch\" }]";

#[test]
fn what_public_reports_complain_of_comes_out_right() {
    for (report, stated, keys, wanted) in REPORTS {
        assert_eq!(total(stated, keys), *wanted, "{report}: {keys:?}");
    }
}
