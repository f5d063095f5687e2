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
    // 250 images lie in the free step to its end, and one more costs 0.02.
    ("getlago/lago-front#3489", QUOTA, &[("images", "250")], "0"),
    ("getlago/lago-front#3489", QUOTA, &[("images", "251")], "0.02"),
    // What is beyond a threshold costs more, and not all of it: 200 at 0.003 and one at 0.006.
    ("candelahq/candela#638", DEARER, &[("images", "200")], "0.6"),
    ("candelahq/candela#638", DEARER, &[("images", "201")], "0.606"),
    // Prices of a thousand are of a thousand.
    ("MicrosoftDocs/architecture-center#3415", THOUSAND, &[("images", "500000")], "500"),
    // A quality that is left out is none of those that are priced, and not the middle one.
    ("Bike4Mind/bike4mind#3007", GPT_IMAGE, &[("images", "1000")], "11 to 167"),
    // The first megapixel of 1024x1024 costs 0.07 and each further one that begins 0.03.
    ("veniceai/api-docs#241", FIRST_MEGAPIXEL, &[], "0.07"),
    ("veniceai/api-docs#241", FIRST_MEGAPIXEL, &[("size", "1024x1025")], "0.1"),
    ("veniceai/api-docs#241", FIRST_MEGAPIXEL, &[("size", "2048x1536")], "0.13"),
    // A part of a megapixel is paid for as a part, and the fee on both: 0.07145728 and 5.5 %.
    ("pollinations/pollinations#14811", EXACT_MEGAPIXEL, &[], "0.0753874304"),
    // 8.44 credits of which 211 are a dollar.
    ("Comfy-Org/docs#969", CREDITS, &[("images", "1000")], "40"),
    // Three images of a call are three images, and not nine.
    ("QuantumNous/new-api#3512", SEVERAL, &[("images", "3")], "0.6"),
    // A size that no row names has no price, and not the highest of all.
    ("QuantumNous/new-api#1813", SIZES, &[("size", "640x640")], "no-price-for-variant"),
    // 1,200 credits are 24 dollars of two packs of 1,000.
    ("kirodotdev/Kiro#3319", PACKS, &[("images", "1200")], "24"),
    ("kirodotdev/Kiro#3319", PACKS, &[("budget", "19 USD")], "budget-below-first-payment"),
];

const QUOTA: &str = "price = [{ price = \"0 USD / image\", up-to = 250 }, \
    { price = \"0.02 USD / image\" }]";
const DEARER: &str = "price = [{ price = \"3 USD / 1000 images\", up-to = 200 }, \
    { price = \"6 USD / 1000 images\" }]";
const THOUSAND: &str = "price = \"1 USD / 1000 images\"";
const FIRST_MEGAPIXEL: &str = "price = \"0.04 USD / call + 0.03 USD / megapixel\"\n\
    megapixel = 1_048_576\nmegapixel-rounding = \"up\"";
const EXACT_MEGAPIXEL: &str = "price = \"0.04 USD / image + 0.03 USD / megapixel\"\n\
    megapixel = 1_000_000\nmegapixel-rounding = \"exact\"\n\
    fee = { rate = \"5.5%\", on = \"top-up\" }";
const CREDITS: &str = "price = \"8.44 credits / image\"\ncredits = \"211 credits = 1 USD\"";
const SEVERAL: &str = "price = \"0.2 USD / image\"\nimages-per-answer = \"1-6\"";
const PACKS: &str = "price = \"1 credits / image\"\npacks = [\
    { price = \"20 USD\", credits = 1000 }, { price = \"40 USD\", credits = 2000 }, \
    { price = \"200 USD\", credits = 10_000 }]";
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
