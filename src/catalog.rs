//! The catalog: what every source says about every listing, and what all of them together say.
//!
//! Statements are read from TOML and never merged by hand; facts are worked out for a day.
//! No clock and no network; files are read only by [`Tree`].

use std::collections::BTreeMap;

use jiff::civil::Date;

mod billing;
mod check;
mod clause;
mod condition;
mod diagnostic;
mod difference;
mod digest;
mod entity;
mod fact;
mod field;
mod jobs;
mod load;
mod money;
mod price;
mod read;
mod schema;
mod size;
mod source;
mod statement;
mod terms;
mod text;
mod toml_file;
mod toml_writer;
mod tree;
mod value;

pub(crate) use statement::days_between;

pub use billing::{CreditPack, CreditPacks, CreditValue, Fee, FeeAmount, FeeOccasion, Fees, Money};
pub use clause::{
    AnswerClause, AnswerRole, AuthClause, AuthScheme, CallClause, CallName, Clause, ClauseBody,
    ClauseKind, ClauseKindBody, CodeType, Condition, ErrorBodyClause, ErrorClause, FieldClause,
    FieldMeaning, HttpMethod, JsonType, PayloadForm, PayloadKey, Scalar, TaskClause, TaskState,
    TypedClause, UnknownClause,
};
pub use condition::{ConditionCase, ConditionRow, ConditionTable, Conditions, DeliveryMode};
pub use diagnostic::{
    DiagnosticCode, Finding, FindingPlace, MAX_PRINTED_FINDINGS, PrintedFinding, Severity,
    printed_findings,
};
pub use difference::{OtherSeller, SellerDifference};
pub use digest::hex;
pub use entity::{
    Endpoint, EndpointId, Entity, EntityKind, Listing, ListingId, Model, ModelId, Provider,
    ProviderId, SourceId,
};
pub use fact::{Claim, ClaimSide, Fact, FactState, Settlement};
pub use field::{
    CAPABILITIES, Capability, Field, FieldInfo, FieldKind, FieldPart, FieldTopic, MODES,
};
pub use jobs::{JobKey, JobTable, read_jobs};
pub use money::{
    DECIMALS, Overflow, decimal, difference as subtract, product, quotient, sum, whole_up,
};
pub use price::{Currency, Price, Unit, UnitPrice, amount_of};
pub use schema::schema;
pub use size::{Size, SizeRule, Sizes};
pub use source::{Edition, Maker, Rate, SiteName, Source, SourceKind};
pub use statement::{
    Excerpt, FieldKey, Position, Ruling, SourcePlace, Stated, Statement, StatementAge, is_stale,
};
pub use terms::{CountSpan, Days, Latency, Percent, Portion, PromptLimit, RequestLimit};
pub use text::{free_name, is_dangerous, sanitize};
pub use toml_file::nearest;
pub use toml_writer::{append_block, quoted};
pub use tree::{FileFault, MAX_FILE_BYTES, MAX_FILES, Tree, TreeError};
pub use value::{ExcerptFigures, FieldValue, Texts, numbers};

/// The format that this program reads.
pub const FORMAT: u64 = 1;

/// How many days a fact counts as fresh.
pub const FRESH_DAYS: i32 = 180;

/// Everything that was stated, by entity.
#[derive(Debug, Default)]
pub struct Catalog {
    pub listings: BTreeMap<ListingId, Listing>,
    pub endpoints: BTreeMap<EndpointId, Endpoint>,
    pub providers: BTreeMap<ProviderId, Provider>,
    pub models: BTreeMap<ModelId, Model>,
    pub sources: BTreeMap<String, Source>,
    /// Exchange rates, in the file's order.
    pub rates: Vec<Rate>,
    /// Makers with their spellings.
    pub makers: Vec<Maker>,
    /// Published states, oldest first.
    pub editions: Vec<Edition>,
    pub site: SiteName,
    /// The digest of the data, in lower-case hex.
    pub digest: String,
    /// The newest day on which a statement was checked; the digest is without it.
    pub checked: Option<Date>,
}

/// Says why a catalog can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file could not be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The catalog is damaged; all findings, warnings among them.
    #[error("the catalog has {} errors", .0.iter().filter(|f| f.is_error()).count())]
    Damaged(Vec<Finding>),
}

/// A catalog with its findings; where there are errors, it has gaps.
#[derive(Debug)]
pub struct Inspection {
    pub catalog: Catalog,
    /// All that is wrong, sorted by place.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

impl Catalog {
    /// Loads the catalog that was built in. Its checks are this project's tests.
    pub fn embedded() -> Result<Self, OpenError> {
        Self::read(&Tree::Embedded)
    }

    /// Reads a tree without the checks that look at all of it.
    pub(crate) fn read(tree: &Tree) -> Result<Self, OpenError> {
        let loaded = load::load(tree)?;
        if loaded.findings.is_empty() {
            return Ok(loaded.catalog);
        }
        Err(OpenError::Damaged(loaded.findings))
    }

    /// Reads and checks a tree as on the day `today`, and tells everything that is wrong.
    pub fn inspect(tree: &Tree, today: Date) -> Result<Inspection, TreeError> {
        let loaded = load::load(tree)?;
        let mut findings = loaded.findings;
        let whole = findings.is_empty();
        findings.extend(check::check(&loaded.catalog, &loaded.broken, whole, today));
        findings.sort();
        findings.dedup();
        Ok(Inspection { catalog: loaded.catalog, findings })
    }

    /// Opens a tree; refuses it whole where a check finds an error.
    ///
    /// Data under edit has no edition yet; that alone refuses nothing, and [`Catalog::edition`]
    /// is then `None`.
    pub fn open(tree: &Tree, today: Date) -> Result<Self, OpenError> {
        let Inspection { catalog, findings } = Self::inspect(tree, today)?;
        let damaged = |f: &Finding| f.is_error() && f.code != DiagnosticCode::EditionDigest;
        if findings.iter().any(damaged) {
            return Err(OpenError::Damaged(findings));
        }
        Ok(catalog)
    }

    /// The edition whose digest the data has: the last one, or none while under edit.
    pub fn edition(&self) -> Option<&Edition> {
        self.editions.last().filter(|edition| edition.digest == self.digest)
    }

    /// The name of the edition, or that there is none yet.
    pub fn edition_name(&self) -> &str {
        self.edition().map_or("under edit", |edition| &edition.name)
    }

    /// The name and the block of the edition that the data would have on a day, to be appended to
    /// the letter; a second edition of one day gets a number.
    pub fn next_edition(&self, day: Date) -> (String, String) {
        let is_taken = |name: &str| self.editions.iter().any(|edition| edition.name == name);
        let name = free_name(day.to_string(), ".", is_taken);
        let digest = &self.digest;
        let block = format!("[[edition]]\nname = \"{name}\"\ndate = {day}\ndigest = \"{digest}\"");
        (name, block)
    }

    /// The day of the first statement of all.
    pub fn first_day(&self) -> Option<Date> {
        self.entities().flat_map(|s| s.statements.iter().map(|s| s.seen)).min()
    }

    /// The statements on which a stale fact rests, each with its entity and the keys of those facts.
    pub fn stale_statements(
        &self,
        today: Date,
    ) -> impl Iterator<Item = (&Entity, &Statement, Vec<&FieldKey>)> {
        self.entities().flat_map(move |entity| {
            let stale = check::stale_statements(entity, today).into_iter();
            stale.map(move |(statement, keys)| (entity, statement, keys))
        })
    }

    /// Every entity, listings first.
    pub fn entities(&self) -> impl Iterator<Item = &Entity> {
        let listings = self.listings.values().map(|it| &it.entity);
        let endpoints = self.endpoints.values().map(|it| &it.entity);
        let providers = self.providers.values().map(|it| &it.entity);
        let models = self.models.values().map(|it| &it.entity);
        listings.chain(endpoints).chain(providers).chain(models)
    }

    /// A listing's entities from the nearest to the farthest: itself, its endpoint, provider
    /// and model.
    pub fn levels<'c>(&'c self, listing: &'c Listing) -> impl Iterator<Item = &'c Entity> {
        // Most questions are answered by the nearest, and the others are not looked for.
        EntityKind::ALL.into_iter().filter_map(move |kind| match kind {
            EntityKind::Listing => Some(&listing.entity),
            EntityKind::Endpoint => {
                let id = listing.endpoint.as_ref()?;
                self.endpoints.get(id).map(|endpoint| &endpoint.entity)
            }
            EntityKind::Provider => self.providers.get(&listing.provider).map(|it| &it.entity),
            EntityKind::Model => self.models.get(&listing.model).map(|it| &it.entity),
        })
    }

    /// An entity by its kind and id.
    pub fn entity(&self, kind: EntityKind, id: &str) -> Option<&Entity> {
        match kind {
            EntityKind::Listing => self.listings.get(id).map(|it| &it.entity),
            EntityKind::Endpoint => self.endpoints.get(id).map(|it| &it.entity),
            EntityKind::Provider => self.providers.get(id).map(|it| &it.entity),
            EntityKind::Model => self.models.get(id).map(|it| &it.entity),
        }
    }

    /// The family of a listing's model, or the model itself.
    pub fn family<'c>(&'c self, listing: &'c Listing) -> &'c str {
        self.models.get(&listing.model).map_or(&*listing.model, Model::family)
    }

    /// The address of a source.
    pub fn address(&self, source: &str) -> Option<&str> {
        self.sources.get(source).map(|source| source.address.as_str())
    }

    /// Who trained a model, where that is known.
    pub fn maker_of(&self, model: &str) -> Option<&Maker> {
        let id = self.models.get(model)?.maker.as_deref()?;
        self.makers.iter().find(|maker| maker.id == id)
    }

    /// Who is meant by a maker's spelling.
    pub fn maker(&self, spelling: &str) -> Option<&Maker> {
        self.makers.iter().find(|maker| {
            maker.name == spelling || maker.aliases.iter().any(|alias| alias == spelling)
        })
    }
}
