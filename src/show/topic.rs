//! What facts are about, for headings: price, calling, images, model, seller.

use crate::catalog::Field;

/// A heading, and the keys of the facts below it.
#[derive(Debug, PartialEq, Eq)]
pub struct FactTopic {
    pub title: &'static str,
    keys: &'static [&'static str],
}

/// The topics in their order; what no other topic names stands in the last.
pub static FACT_TOPICS: [FactTopic; 6] = [
    FactTopic {
        title: "Price and billing",
        keys: &[
            "price",
            "credits",
            "packs",
            "top-up",
            "credits-expire",
            "fee",
            "megapixel",
            "megapixel-rounding",
            "failure-charged",
            "byok-waives-fee",
            "byok-key",
            "out-of-funds",
            "cost-range",
            "payment",
        ],
    },
    FactTopic {
        title: "Calling",
        keys: &[
            "mode",
            "async-models",
            "latency",
            "concurrency",
            "request-limit",
            "limit-window",
            "model-code",
            "model-codes",
            "latest-code",
            "api-shape",
            "client",
            "key-variable",
            "key-prefix",
            "size-spelling",
            "response-formats",
            "link-lifetime",
            "user-id-length",
            "capabilities",
        ],
    },
    FactTopic {
        title: "Images",
        keys: &[
            "input",
            "output",
            "sizes",
            "shown-sizes",
            "recommended-sizes",
            "default-size",
            "size-models",
            "qualities",
            "shown-qualities",
            "default-quality",
            "quality-models",
            "images-per-answer",
            "output-formats",
            "steps",
            "default-steps",
            "guidance",
            "default-guidance",
            "prompt-limit",
            "languages",
        ],
    },
    FactTopic {
        title: "Model",
        keys: &[
            "name",
            "maker",
            "licence",
            "parameters",
            "text-encoder",
            "released",
            "use-cases",
            "strengths",
            "benchmarks",
            "benchmark-peers",
            "benchmark-ranks",
        ],
    },
    FactTopic {
        title: "Seller",
        keys: &[
            "active",
            "retires",
            "website",
            "pricing-page",
            "signup",
            "region",
            "upstream",
            "upstream-host",
            "node",
        ],
    },
    FactTopic { title: "More", keys: &[] },
];

/// Returns the topic that a field belongs to.
pub fn topic_of(field: Field) -> &'static FactTopic {
    let last = &FACT_TOPICS[FACT_TOPICS.len() - 1];
    FACT_TOPICS.iter().find(|topic| topic.keys.contains(&field.key())).unwrap_or(last)
}
