//! The fields of a statement, in one table: key, kind, part and whether a probe can observe it.
//! Reading, facts, disputes, differences, the schema and `show` all follow this table.

use std::fmt;

/// What a value of a field looks like in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A price, or rows of prices by condition.
    Price,
    Credits,
    /// Fees in order, each a share or an amount with its occasion.
    Fees,
    /// Credits that are sold together, each pack with its price.
    Packs,
    /// The least that has to be paid in.
    TopUp,
    RequestLimit,
    Date,
    /// An address on the web.
    Address,
    Flag,
    /// Words in one line.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A set of texts.
    Texts,
    Count,
    /// A whole number, or two with what lies between.
    Span,
    /// So many of so many.
    Share,
    Size,
    /// A list of sizes, or a rule.
    Sizes,
    /// Whole, or rows of seconds by condition.
    Latency,
    Limit,
    Days,
    /// A table of yes and no under these keys.
    Flags(&'static [&'static str]),
    /// A table of free keys, each yes, no or a text.
    Notes,
}

impl FieldKind {
    /// Whether the value is a table whose keys are facts of their own.
    pub fn is_keyed(self) -> bool {
        matches!(self, Self::Flags(_) | Self::Notes)
    }
}

/// What a field is part of, which decides where sources that differ on it are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldPart {
    /// What is sold and on what terms: sources may dispute it, sellers may differ on it.
    Terms,
    /// What a listing or model is said to be: sources may dispute it.
    About,
    /// A matter of the page alone, of no weight for a job.
    Page,
}

/// What a field is about, for headings in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::VariantArray)]
pub enum FieldTopic {
    #[strum(serialize = "Price and billing")]
    Billing,
    Calling,
    Images,
    Model,
    Seller,
    More,
}

/// One row of the table.
#[derive(Debug)]
pub struct FieldInfo {
    pub key: &'static str,
    pub kind: FieldKind,
    pub part: FieldPart,
    pub topic: FieldTopic,
    /// Whether a probe's statement settles it.
    pub observable: bool,
    /// What it means, in a phrase.
    pub meaning: &'static str,
}

/// What a source may state about capabilities.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Capability {
    Streaming,
    Tools,
    Vision,
    JsonMode,
    Caching,
    /// Calls with a key of the maker's own.
    Byok,
    Webhook,
    /// Several images a call.
    N,
    Seed,
    NegativePrompt,
    CommercialUse,
    SafetyChecker,
    Watermark,
}

/// The keys of all capabilities.
pub const CAPABILITIES: &[&str] = <Capability as strum::VariantNames>::VARIANTS;

/// Words for how an image is delivered.
pub const MODES: &[&str] = &["sync", "async", "sync or async"];

macro_rules! fields {
    ($($name:ident $key:literal $kind:expr, $part:ident $topic:ident $observed:ident, $meaning:literal;)*) => {
        /// A field that a statement may hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = $meaning] $name,)*
        }

        static TABLE: &[FieldInfo] = &[$(FieldInfo {
            key: $key, kind: $kind, part: FieldPart::$part, topic: FieldTopic::$topic,
            observable: fields!(@ $observed), meaning: $meaning,
        },)*];

        impl Field {
            /// Every field, in the order in which it is shown.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Finds a field by its TOML key.
            pub fn named(key: &str) -> Option<Self> {
                match key {
                    $($key => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
    (@ seen) => { true };
    (@ told) => { false };
}

fields! {
    Price "price" FieldKind::Price, Terms Billing told, "Price";
    Credits "credits" FieldKind::Credits, Terms Billing told, "Value of a credit";
    Fee "fee" FieldKind::Fees, Terms Billing told, "Extra fees";
    MegapixelPixels "megapixel" FieldKind::Count, Terms Billing told, "How many pixels one megapixel is";
    MegapixelRounding "megapixel-rounding" FieldKind::Words(&["up", "nearest", "exact"]), Terms Billing told, "How the megapixels of an image are rounded";
    TopUp "top-up" FieldKind::TopUp, Terms Billing told, "The least that has to be paid in";
    Packs "packs" FieldKind::Packs, Terms Billing told, "The packs in which credits are sold";
    CreditsExpire "credits-expire" FieldKind::Days, Terms Billing told, "How long credits last";
    FailureCharged "failure-charged" FieldKind::Flag, Terms Billing seen, "Failed calls charged?";
    ByokWaivesFee "byok-waives-fee" FieldKind::Flag, Terms Billing told, "No fee with your own key?";
    ByokKey "byok-key" FieldKind::Text, Terms Billing told, "Whose key may be brought";
    OutOfFunds "out-of-funds" FieldKind::Text, Terms Billing seen, "Error when out of credit";
    CostRange "cost-range" FieldKind::Text, Terms Billing told, "Price range on the endpoint";
    Promotion "promotion" FieldKind::Texts, Page More told, "Offers on the page that are not about this model";

    Name "name" FieldKind::Text, Terms Model told, "The name as the page spells it";
    Active "active" FieldKind::Flag, Terms Seller seen, "Whether it is sold now";
    Retires "retires" FieldKind::Date, Terms Seller told, "The day from which it is no longer sold";
    Website "website" FieldKind::Address, About Seller told, "The seller's site";
    PricingPage "pricing-page" FieldKind::Address, About Seller told, "The seller's price page";
    Signup "signup" FieldKind::Address, About Seller told, "Where an account is opened";
    Payment "payment" FieldKind::Texts, Terms Billing told, "How a bill can be paid";
    Region "region" FieldKind::Texts, Terms Seller told, "From where it can be bought";
    Maker "maker" FieldKind::Text, Terms Model told, "Who trained it, as the page spells it";
    Upstream "upstream" FieldKind::Text, Terms Seller told, "Runs on (as stated by the seller)";
    UpstreamHost "upstream-host" FieldKind::Text, Terms Seller told, "Host it runs on (as stated by the seller)";
    Node "node" FieldKind::Text, About Seller told, "The seller's name for its machine";
    ModelCode "model-code" FieldKind::Text, Terms Calling seen, "The model's code as the source spells it";
    ModelCodes "model-codes" FieldKind::Texts, Terms Calling told, "All model codes the source lists";
    LatestCode "latest-code" FieldKind::Text, About Calling told, "The code the source calls the latest";
    ApiShape "api-shape" FieldKind::Text, Terms Calling told, "Whose API it says it matches";
    Client "client" FieldKind::Text, About Calling told, "The Python package that it is called with";
    KeyVariable "key-variable" FieldKind::Text, About Calling told, "The variable its examples read the key from";
    KeyPrefix "key-prefix" FieldKind::Text, About Calling told, "What its keys begin with";
    KeyPlaceholder "key-placeholder" FieldKind::Text, Page More told, "What stands for the key in an example";
    Licence "licence" FieldKind::Text, About Model told, "The licence of the weights";
    Parameters "parameters" FieldKind::Text, About Model told, "How many parameters the model has";
    TextEncoder "text-encoder" FieldKind::Text, About Model told, "Text encoder";
    Released "released" FieldKind::Text, About Model told, "When the model came out";

    Mode "mode" FieldKind::Words(MODES), Terms Calling seen, "Immediate or queued";
    AsyncModels "async-models" FieldKind::Texts, Terms Calling told, "Models on the asynchronous route";
    Latency "latency" FieldKind::Latency, Terms Calling seen, "Time per image";
    Input "input" FieldKind::Texts, Terms Images told, "Input";
    Output "output" FieldKind::Texts, Terms Images told, "Output";
    Sizes "sizes" FieldKind::Sizes, Terms Images seen, "Sizes";
    ShownSizes "shown-sizes" FieldKind::Sizes, Terms Images told, "Sizes that a sample call shows";
    RecommendedSizes "recommended-sizes" FieldKind::Sizes, Terms Images told, "The sizes recommended";
    DefaultSize "default-size" FieldKind::Size, Terms Images seen, "Default size";
    SizeSpelling "size-spelling" FieldKind::Words(&["WxH", "W*H"]), Terms Calling seen, "Size format";
    SizeModels "size-models" FieldKind::Texts, Terms Images told, "Models with a size setting";
    Qualities "qualities" FieldKind::Texts, Terms Images seen, "Quality modes";
    ShownQualities "shown-qualities" FieldKind::Texts, Terms Images told, "Quality modes that a sample call shows";
    DefaultQuality "default-quality" FieldKind::Text, Terms Images told, "Default quality";
    QualityModels "quality-models" FieldKind::Texts, Terms Images told, "Models with a quality setting";
    ImagesPerAnswer "images-per-answer" FieldKind::Span, Terms Images seen, "How many images an answer holds";
    ResponseFormats "response-formats" FieldKind::Texts, Terms Calling seen, "Ways to get the image";
    OutputFormats "output-formats" FieldKind::Texts, Terms Images seen, "File formats";
    LinkLifetime "link-lifetime" FieldKind::Days, Terms Calling told, "How long a link works";
    PromptLimit "prompt-limit" FieldKind::Limit, Terms Images seen, "Longest prompt";
    UserIdLength "user-id-length" FieldKind::Span, Terms Calling seen, "How long a user id may be, in characters";
    LimitWindow "limit-window" FieldKind::Text, Terms Calling told, "What the rate limit counts";
    Concurrency "concurrency" FieldKind::Count, Terms Calling told, "How many calls may be under way";
    RequestLimit "request-limit" FieldKind::RequestLimit, Terms Calling told, "How many requests may be sent in a time";
    Steps "steps" FieldKind::Span, Terms Images told, "How many inference steps may be asked for";
    DefaultSteps "default-steps" FieldKind::Count, Terms Images told, "Default steps";
    Guidance "guidance" FieldKind::Span, Terms Images told, "The guidance scale that may be asked for";
    DefaultGuidance "default-guidance" FieldKind::Text, Terms Images told, "Default guidance scale";
    Capabilities "capabilities" FieldKind::Flags(CAPABILITIES), Terms Calling seen, "What it can do";
    WebhookRequired "webhook-required" FieldKind::Flag, Page More told, "Whether a webhook must be handled";
    Languages "languages" FieldKind::Texts, About Images told, "The languages of prompts";

    EndpointModels "endpoint-models" FieldKind::Count, Page More told, "How many models share the endpoint";
    ProviderCoverage "provider-coverage" FieldKind::Count, Page More told, "How many sources stand behind the endpoint";
    Routes "routes" FieldKind::Count, Page More told, "How many routes lead to the model";
    WebhookCoverage "webhook-coverage" FieldKind::Share, Page More told, "How many models of the endpoint take a callback";
    CostPosition "cost-position" FieldKind::Share, Page More told, "The model's place by cost on the endpoint";
    CheapestModel "cheapest-model" FieldKind::Text, Page More told, "The model the page calls the cheapest";

    UseCases "use-cases" FieldKind::Texts, About Model told, "What it is recommended for";
    Strengths "strengths" FieldKind::Texts, About Model told, "What the source praises";
    Benchmarks "benchmarks" FieldKind::Notes, About Model told, "Benchmark figures";
    BenchmarkPeers "benchmark-peers" FieldKind::Notes, About Model told, "Figures of the models compared";
    BenchmarkRanks "benchmark-ranks" FieldKind::Notes, About Model told, "Places in benchmarks";
    Claims "claims" FieldKind::Notes, Page More told, "What the source claims";
    Flaw "flaw" FieldKind::Text, Page More told, "A defect of the page, in our words";
}

impl Field {
    /// The field's row.
    pub fn info(self) -> &'static FieldInfo {
        &TABLE[self as usize]
    }

    /// Whether it is part of a bill, which an invoice settles.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Price | Self::Credits | Self::Fee | Self::Packs | Self::TopUp)
    }

    /// Whether what it says can cease to be true; a day of release can't.
    pub fn can_age(self) -> bool {
        !matches!(
            self,
            Self::Released
                | Self::Parameters
                | Self::TextEncoder
                | Self::Benchmarks
                | Self::BenchmarkPeers
                | Self::BenchmarkRanks
        )
    }

    /// The TOML key.
    pub fn key(self) -> &'static str {
        self.info().key
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}
