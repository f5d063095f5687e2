//! A query: a job, on which listings, on what terms. One set of keys serves the command line and
//! the server's API, with one message for each fault.

use jiff::civil::Date;

use super::job::{JOB_KEYS, Job};
use super::json::document_text;
use super::known;
use super::ranking::{RankBy, compare};
use super::rates::GivenRate;
use super::selection::{Selection, select};
use super::table::PriceTable;
use super::terms::PricingTerms;
use crate::catalog::{
    Catalog, Currency, DiagnosticCode, Finding, FindingPlace, JobKey, JobTable, Listing, nearest,
};

/// The keys of a query besides those of its job.
pub const TERM_KEYS: &[&str] = &["model", "currency", "rate", "as-of", "rank-by"];

/// Keys that may be given more than once.
const REPEATED: &[&str] = &["rate", "require"];

/// A job, a selection of listings, and terms.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub job: Job,
    pub selection: Selection,
    /// The day whose facts count; today where absent.
    pub as_of: Option<Date>,
    /// The currency of totals; the budget's where absent, or dollars.
    pub currency: Option<Currency>,
    pub rates: Vec<GivenRate>,
    pub rank_by: RankBy,
    given: Vec<String>,
}

impl Query {
    /// Sets one key from its words; the error is one line that names the key.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        if self.given.iter().any(|given| given == key) && !REPEATED.contains(&key) {
            return Err(format!("--{key}: it takes one value"));
        }
        let other = match key {
            "images" => "budget",
            "budget" => "images",
            _ => "",
        };
        self.given.push(key.to_owned());
        self.read(key, text).map_err(|why| format!("--{key}: {why}"))?;
        if self.given.iter().any(|given| given == other) {
            let why = "use either images or a budget, not both";
            return Err(format!("--images: {why}"));
        }
        Ok(())
    }

    fn read(&mut self, key: &str, text: &str) -> Result<(), String> {
        match key {
            "model" if text == "any" => self.selection = Selection::Any,
            "model" => self.selection = Selection::Named(text.to_owned()),
            "as-of" => self.as_of = Some(read_day(text)?),
            "currency" if text == Currency::Credits.code() => {
                return Err("totals are in money, not in credits".to_owned());
            }
            "currency" => self.currency = Some(Currency::money(text)?),
            "rate" => {
                let rate: GivenRate = text.parse()?;
                if self.rates.iter().any(|before| before.is_of(&rate)) {
                    return Err(format!("{}/{} is given more than once", rate.from, rate.to));
                }
                self.rates.push(rate);
            }
            "rank-by" => {
                let why = || format!("`{text}` is none of: total, first-payment");
                self.rank_by = text.parse().map_err(|_| why())?;
            }
            "name" => return Err("it is a key of a jobs file".to_owned()),
            key if JOB_KEYS.contains(&key) => return self.job.set(key, text),
            key => {
                let near = nearest(key, JOB_KEYS.iter().chain(TERM_KEYS).copied());
                let hint = near.map(|near| format!("; did you mean `{near}`?"));
                return Err(format!("there is no such key{}", hint.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// Reads the tables of a jobs file, each on top of this query. Their keys are those of a query.
    pub fn from_tables(&self, tables: &[JobTable]) -> Result<Vec<Self>, Vec<Finding>> {
        let is_term = |key: &&JobKey| TERM_KEYS.contains(&key.key.as_str());
        let without_terms = |table: &JobTable| {
            let keys = table.keys.iter().filter(|key| !is_term(key)).cloned().collect();
            JobTable { keys, place: table.place.clone() }
        };
        let jobs: Vec<_> = tables.iter().map(without_terms).collect();
        let (jobs, mut findings) = match Job::from_tables(&self.job, &jobs) {
            Ok(jobs) => (jobs, Vec::new()),
            Err(findings) => (vec![self.job.clone(); tables.len()], findings),
        };
        let mut queries = Vec::new();
        for (table, job) in tables.iter().zip(jobs) {
            // What the command line gives, a job may give anew.
            let mut query = Self { job, given: Vec::new(), ..self.clone() };
            for key in table.keys.iter().filter(is_term) {
                findings.extend(query.fault_of(key));
            }
            let job_keys = table.keys.iter().filter(|key| !is_term(key));
            query.given.extend(job_keys.map(|key| key.key.clone()));
            query.given.extend(self.given.iter().cloned());
            queries.push(query);
        }
        findings.sort();
        if findings.is_empty() { Ok(queries) } else { Err(findings) }
    }

    /// Sets one key of a jobs file that is no job's, or says what is wrong with it.
    fn fault_of(&mut self, key: &JobKey) -> Option<Finding> {
        let name = key.key.as_str();
        let find = |place: &FindingPlace, text| {
            let (place, code) = (place.clone(), DiagnosticCode::BadValue);
            Some(Finding { place, code, text, hint: None })
        };
        if self.given.iter().any(|given| given == name) && !REPEATED.contains(&name) {
            return find(&key.place, format!("`{name}` takes one value"));
        }
        self.given.push(name.to_owned());
        self.read(name, &key.text).err().and_then(|why| find(&key.place, why))
    }

    /// Fails where a word of the query means nothing in the catalog, or has no effect on any of the
    /// listings that take part.
    pub fn check(&self, catalog: &Catalog, listings: &[&Listing]) -> Result<(), String> {
        let has = |key: &str| self.given.iter().any(|given| given == key);
        if let Some(quality) = self.job.quality.as_deref().filter(|_| has("quality")) {
            known::quality(catalog, quality).map_err(|why| format!("--quality: {why}"))?;
        }
        if has("size") {
            known::size(catalog, self.job.size).map_err(|why| format!("--size: {why}"))?;
        }
        if let Some(hardware) = &self.job.hardware {
            let seconds = self.job.seconds_per_image.is_some();
            known::hardware(listings, hardware, seconds)
                .map_err(|why| format!("--hardware: {why}"))?;
        }
        Ok(())
    }

    /// The listings that take part, by id.
    pub fn listings<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c Listing>, String> {
        select(catalog, &self.selection).map_err(|why| self.no_model(&why))
    }

    /// Says that nobody sells the model, whether it was named or is the one that is meant.
    pub fn no_model(&self, why: &str) -> String {
        if self.given.iter().any(|given| given == "model") {
            format!("--model: {why}")
        } else {
            format!("{why}; name another with --model, or take `any`")
        }
    }

    /// The day whose facts count; one before every statement is refused.
    pub fn day(&self, catalog: &Catalog, today: Date) -> Result<Date, String> {
        let as_of = self.as_of.unwrap_or(today);
        match catalog.first_day() {
            Some(first) if as_of >= first => Ok(as_of),
            Some(first) => {
                let why = format!("nothing was stated by {as_of}; the first is of {first}");
                Err(format!("--as-of: {why}"))
            }
            None => Err("the catalog holds no statement".to_owned()),
        }
    }

    /// The currency and rates for a job.
    pub fn terms(&self, job: &Job) -> Result<PricingTerms, String> {
        let budget = job.budget.map(|budget| budget.currency).filter(|c| *c != Currency::Credits);
        let currency = self.currency.or(budget).unwrap_or(Currency::DOLLARS);
        if let Some(budget) = budget.filter(|budget| *budget != currency) {
            let why = format!("--budget is in {budget}, and --currency in {currency}");
            return Err(format!("{why}; give one of them"));
        }
        Ok(PricingTerms { currency, rates: self.rates.clone() })
    }

    /// The whole answer as text, as `compare --format json` gives it, by a table of these terms.
    pub fn answer(&self, table: &PriceTable<'_>, today: Date) -> Result<String, String> {
        let listings = self.listings(table.catalog())?;
        self.check(table.catalog(), &listings)?;
        let as_of = self.day(table.catalog(), today)?;
        let comparison = compare(table, &listings, &self.job, as_of, self.rank_by);
        Ok(document_text(table, &self.job, &comparison))
    }
}

/// Reads a day such as `2026-11-20`.
pub fn read_day(text: &str) -> Result<Date, String> {
    let form = || format!("`{text}` is not a date such as 2026-11-20");
    if text.len() != 10 {
        return Err(form());
    }
    text.parse().map_err(|_| form())
}
