//! A job: what a person wants drawn. One set of keys serves the command line and the jobs file.

use rust_decimal::Decimal;

use crate::catalog::{
    CAPABILITIES, Currency, DeliveryMode, DiagnosticCode, Finding, FindingPlace, JobKey, JobTable,
    Overflow, Percent, Size, amount_of, decimal, nearest, subtract, whole_up,
};

/// The keys of a job.
pub const JOB_KEYS: &[&str] = &[
    "name",
    "images",
    "size",
    "quality",
    "budget",
    "deadline",
    "concurrency",
    "reject-rate",
    "fail-rate",
    "seconds-per-image",
    "hardware",
    "require",
    "mode",
    "steps",
    "tokens-per-image",
    "prompt-tokens",
];

/// More steps or tokens than any image takes.
const MAX_STEPS: u64 = 1_000_000;

/// More images than anyone draws; beyond this a count is taken for a slip.
const MAX_IMAGES: u64 = 1_000_000_000_000;

/// More calls at once than any account has.
const MAX_CONCURRENCY: u64 = 1_000_000;

/// How much may be spent: money, or a provider's credits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// How much, above zero.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// What a person wants drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name in a jobs file.
    pub name: Option<String>,
    /// Images that are kept.
    pub images: u64,
    /// The size of each.
    pub size: Size,
    /// The quality mode; the listing's own default where absent.
    pub quality: Option<String>,
    /// What may be spent; then the number of images is the answer.
    pub budget: Option<Budget>,
    /// By when it has to be done, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// Calls under way at once.
    pub concurrency: u64,
    /// The share of images that is thrown away.
    pub reject_rate: Percent,
    /// The share of calls that fails.
    pub fail_rate: Percent,
    /// How long an image keeps the hardware busy, for sellers of seconds.
    pub seconds_per_image: Option<Decimal>,
    /// The hardware, for sellers of seconds.
    pub hardware: Option<String>,
    /// What the listing has to be able to do: capabilities, `sync` or `async`.
    pub require: Vec<String>,
    /// How the image comes; what each listing offers where absent.
    pub mode: Option<DeliveryMode>,
    /// The inference steps; the listing's own default where absent.
    pub steps: Option<u64>,
    /// The tokens that an image is made of, for sellers of tokens.
    pub tokens_per_image: Option<u64>,
    /// The tokens of a prompt, for sellers of tokens.
    pub prompt_tokens: Option<u64>,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            name: None,
            images: 1,
            size: Size { width: 1024, height: 1024 },
            quality: None,
            budget: None,
            deadline_ms: None,
            concurrency: 1,
            reject_rate: Percent(Decimal::ZERO),
            fail_rate: Percent(Decimal::ZERO),
            seconds_per_image: None,
            hardware: None,
            require: Vec::new(),
            mode: None,
            steps: None,
            tokens_per_image: None,
            prompt_tokens: None,
        }
    }
}

impl Job {
    /// Sets one key from its words; the error is one line that says what is wrong with them.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        match key {
            "name" => self.name = Some(text.to_owned()),
            "images" => self.images = count(text, "images", MAX_IMAGES)?,
            "size" => self.size = text.parse()?,
            "quality" => self.quality = Some(word(text, "a quality")?),
            "budget" => self.budget = Some(budget(text)?),
            "deadline" => self.deadline_ms = Some(read_duration(text)?),
            "concurrency" => {
                self.concurrency = count(text, "calls at once", MAX_CONCURRENCY)?;
            }
            "reject-rate" => self.reject_rate = rate(text)?,
            "fail-rate" => self.fail_rate = rate(text)?,
            "seconds-per-image" => self.seconds_per_image = Some(seconds(text)?),
            "hardware" => self.hardware = Some(word(text, "hardware")?),
            "require" => {
                self.require.push(requirement(text)?);
                self.agree()?;
            }
            "mode" => {
                let why = || format!("`{text}` is none of: sync, async, batch");
                self.mode = Some(text.parse().map_err(|_| why())?);
                self.agree()?;
            }
            "steps" => self.steps = Some(count(text, "steps", MAX_STEPS)?),
            "tokens-per-image" => {
                self.tokens_per_image = Some(count(text, "tokens", MAX_STEPS)?);
            }
            "prompt-tokens" => self.prompt_tokens = Some(count(text, "tokens", MAX_STEPS)?),
            _ => {
                let near = nearest(key, JOB_KEYS.iter().copied());
                let hint = near.map(|near| format!("; did you mean `{near}`?"));
                return Err(format!("there is no key `{key}`{}", hint.unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// A mode and a required delivery are the same, or exclude each other.
    fn agree(&self) -> Result<(), String> {
        let (mode, other) = match self.mode {
            Some(DeliveryMode::Sync) => ("sync", "async"),
            Some(DeliveryMode::Async) => ("async", "sync"),
            Some(DeliveryMode::Batch) | None => return Ok(()),
        };
        if self.require.iter().any(|wanted| wanted == other) {
            return Err(format!("the mode is {mode}, and {other} is required"));
        }
        Ok(())
    }

    /// Reads the tables of a jobs file, on top of what `base` sets for all of them.
    pub fn from_tables(base: &Self, tables: &[JobTable]) -> Result<Vec<Self>, Vec<Finding>> {
        let (mut jobs, mut findings) = (Vec::new(), Vec::new());
        for (number, table) in tables.iter().enumerate() {
            let mut job = Self { name: Some(format!("job {}", number + 1)), ..base.clone() };
            for (i, key) in table.keys.iter().enumerate() {
                findings.extend(job.fault_of(key, &table.keys[..i]));
            }
            jobs.push(job);
        }
        findings.sort();
        if findings.is_empty() { Ok(jobs) } else { Err(findings) }
    }

    /// Sets one key of a jobs file, or says what is wrong with it after those `before` it.
    fn fault_of(&mut self, key: &JobKey, before: &[JobKey]) -> Option<Finding> {
        let find = |code, place: &FindingPlace, text| {
            Some(Finding { place: place.clone(), code, text, hint: None })
        };
        let name = key.key.as_str();
        let has = |name: &str| before.iter().any(|before| before.key == name);
        if let Err(text) = self.set(name, &key.text) {
            let known = JOB_KEYS.contains(&name);
            let (code, place) = if known {
                (DiagnosticCode::BadValue, &key.place)
            } else {
                (DiagnosticCode::UnknownKey, &key.key_place)
            };
            return find(code, place, text);
        }
        if has(name) && name != "require" {
            return find(DiagnosticCode::BadValue, &key.place, format!("`{name}` takes one value"));
        }
        if name == "images" && self.budget.is_some() || name == "budget" && has("images") {
            let text = "use either images or a budget, not both";
            return find(DiagnosticCode::BadValue, &key.key_place, text.to_owned());
        }
        None
    }

    /// Images that are drawn so that enough are kept: `ceil(images / (1 - reject rate))`.
    pub fn drawn(&self, images: u64) -> Result<Decimal, Overflow> {
        kept_of(Decimal::from(images), self.reject_rate)
    }

    /// Calls that are made so that enough succeed: `ceil(drawn / (1 - fail rate))`.
    pub fn called(&self, drawn: Decimal) -> Result<Decimal, Overflow> {
        kept_of(drawn, self.fail_rate)
    }
}

fn kept_of(wanted: Decimal, lost: Percent) -> Result<Decimal, Overflow> {
    whole_up(wanted, subtract(Decimal::ONE, lost.0)?)
}

fn count(text: &str, what: &str, most: u64) -> Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|n| digits && (1..=most).contains(n));
    number.ok_or_else(|| format!("`{text}` is not a number of {what} from 1 to {most}"))
}

fn word(text: &str, what: &str) -> Result<String, String> {
    let plain = !text.is_empty() && !text.chars().any(char::is_control);
    if plain { Ok(text.to_owned()) } else { Err(format!("{what} is a word")) }
}

fn budget(text: &str) -> Result<Budget, String> {
    let form = |why: String| format!("a budget is such as \"20 USD\" or \"500 credits\": {why}");
    let (amount, currency) = amount_of(text).map_err(form)?;
    if amount.is_zero() {
        return Err(format!("a budget is above zero, not `{text}`"));
    }
    Ok(Budget { amount, currency })
}

fn rate(text: &str) -> Result<Percent, String> {
    let percent: Percent = text.parse()?;
    if percent.0 >= Decimal::ONE {
        return Err(format!("a rate is below 100%, not `{text}`"));
    }
    Ok(percent)
}

fn seconds(text: &str) -> Result<Decimal, String> {
    let number = decimal(text)?;
    if number.is_zero() {
        return Err(format!("seconds per image are above zero, not `{text}`"));
    }
    Ok(number)
}

fn requirement(text: &str) -> Result<String, String> {
    let known = CAPABILITIES.iter().chain(&["sync", "async"]).copied();
    if known.clone().any(|known| known == text) {
        return Ok(text.to_owned());
    }
    let all: Vec<_> = known.collect();
    Err(format!("unknown feature `{text}`; choose from: {}", all.join(", ")))
}

/// Reads `50ms`, `10s`, `10m`, `2h` or `7d` into milliseconds; above zero.
pub fn read_duration(text: &str) -> Result<u64, String> {
    let form = || format!("`{text}` is not a duration such as 50ms, 10s, 10m, 2h or 7d");
    let end = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(form)?;
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(form()),
    };
    let number: u64 = number.parse().map_err(|_| form())?;
    number.checked_mul(factor).filter(|ms| *ms > 0).ok_or_else(form)
}
