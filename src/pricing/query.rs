//! A query: a job, on which listings, on what terms. One set of keys serves the command line and
//! the server's API, with one message for each fault.

use jiff::civil::Date;

use super::job::{JOB_KEYS, Job};
use super::json::document_text;
use super::ranking::{Selection, compare, select};
use super::rates::GivenRate;
use super::table::PriceTable;
use super::terms::PricingTerms;
use crate::catalog::{Catalog, Currency, Listing, nearest};

/// The keys of a query besides those of its job.
pub const TERM_KEYS: &[&str] = &["model", "currency", "rate", "as-of"];

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
            "model" => self.selection = Selection::Model(text.to_owned()),
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
        let as_of = self.day(table.catalog(), today)?;
        let comparison = compare(table, &listings, &self.job, as_of);
        let comparison = comparison.map_err(|why| why.to_string())?;
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
