//! What is asked: a job, on which listings, on what terms. One set of keys serves the command line
//! and the server's API, with one message for each fault.

use jiff::civil::Date;

use super::document::document_text;
use super::job::{JOB_KEYS, Job};
use super::ranking::{Selection, compare, select};
use super::rates::{GivenRate, Terms};
use crate::catalog::{Catalog, Currency, Listing, nearest};

/// The keys of a question besides those of its job.
pub const TERM_KEYS: &[&str] = &["model", "currency", "rate", "as-of"];

/// Keys that may be given more than once.
const REPEATED: &[&str] = &["rate", "require"];

/// A job, a selection of listings, and terms.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// What is wanted.
    pub job: Job,
    /// From whom.
    pub selection: Selection,
    /// The day whose facts count; today where absent.
    pub as_of: Option<Date>,
    /// The currency of totals; the budget's where absent, or dollars.
    pub currency: Option<Currency>,
    /// Exchange rates.
    pub rates: Vec<GivenRate>,
    given: Vec<String>,
}

impl Question {
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
            let why = "a budget asks how many images it gives; leave out one of the two";
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

    /// The listings that are asked, by id.
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

    /// The day, currency and rates for a job; a day before every statement is refused.
    pub fn terms(&self, catalog: &Catalog, job: &Job, today: Date) -> Result<Terms, String> {
        let as_of = self.as_of.unwrap_or(today);
        match catalog.first_day() {
            Some(first) if as_of >= first => {}
            Some(first) => {
                let why = format!("nothing was stated by {as_of}; the first is of {first}");
                return Err(format!("--as-of: {why}"));
            }
            None => return Err("the catalog holds no statement".to_owned()),
        }
        let budget = job.budget.map(|budget| budget.currency).filter(|c| *c != Currency::Credits);
        let currency = self.currency.or(budget).unwrap_or(Currency::DOLLARS);
        if let Some(budget) = budget.filter(|budget| *budget != currency) {
            let why = format!("--budget is in {budget}, and --currency in {currency}");
            return Err(format!("{why}; give one of them"));
        }
        Ok(Terms { as_of, currency, rates: self.rates.clone() })
    }

    /// The whole answer as text, as `compare --format json` gives it.
    pub fn answer(&self, catalog: &Catalog, today: Date) -> Result<String, String> {
        let listings = self.listings(catalog)?;
        let terms = self.terms(catalog, &self.job, today)?;
        let comparison = compare(catalog, &listings, &self.job, &terms);
        let comparison = comparison.map_err(|why| why.to_string())?;
        Ok(document_text(catalog, &terms, &self.job, &comparison))
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
