//! From the words of a log's time column to whole UTC days, counted from 1970-01-01, and from days
//! to the periods within which no fact changes. No clock, and no zone but the one that is written.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::row_error::RowErrorKind;

/// The last day that is taken for one: 9999-12-31.
const LAST_DAY: i64 = 2_932_896;

/// Plain numbers below are no seconds: what looks like 20250101 is a date without its hyphens, and
/// would be read as a day of 1970.
const MIN_SECONDS: u64 = 100_000_000;

/// The moments that a plain number may mean: from 2000 to the end of 2099. Without bounds,
/// 20261120100000 would be a moment of the year 2612.
const NUMBERED_SECONDS: std::ops::Range<u64> = 946_684_800..4_102_444_800;

/// Plain numbers from here on are milliseconds: as seconds they would lie beyond the year 5000. So
/// it is, a thousand times as large, with microseconds and nanoseconds.
const MIN_MILLISECONDS: u64 = 100_000_000_000;

/// The day of a time: RFC 3339 with or without seconds, with an offset or without (then UTC), a
/// date alone, either with slashes, or seconds to nanoseconds since 1970 as a plain number.
pub(super) fn day_of(text: &[u8]) -> Result<i32, RowErrorKind> {
    let text = text.trim_ascii();
    match text.get(4) {
        Some(b'-' | b'/') => of_words(text),
        _ if is_ambiguous(text) => Err(RowErrorKind::AmbiguousTime),
        _ => of_number(text),
    }
}

/// Whether a date has its year last: then nobody can know whether the month comes first.
fn is_ambiguous(text: &[u8]) -> bool {
    let end = text.iter().position(|b| matches!(b, b' ' | b'T' | b',')).unwrap_or(text.len());
    b"/.-".iter().any(|separator| {
        let parts: Vec<&[u8]> = text[..end].split(|b| b == separator).collect();
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let [first, second, year] = parts.as_slice() else { return false };
        let is_short = |part: &[u8]| matches!(part.len(), 1 | 2) && digits(part);
        is_short(first) && is_short(second) && matches!(year.len(), 2 | 4) && digits(year)
    })
}

/// How the times of a log are written, where that has to be said: jiff's `strptime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat(String);

impl FromStr for TimeFormat {
    type Err = String;

    fn from_str(format: &str) -> Result<Self, String> {
        let example = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let fault = |why| format!("`{format}` is no format of times, such as %m/%d/%Y: {why}");
        let text = strtime::format(format, &example).map_err(|why| fault(why.to_string()))?;
        let format = Self(format.to_owned());
        match format.day_of(text.as_bytes()) {
            Ok(_) => Ok(format),
            Err(_) => Err(fault("it says no day with its year".to_owned())),
        }
    }
}

impl TimeFormat {
    /// The day of a time that is written like this; without an offset it is UTC.
    pub(super) fn day_of(&self, text: &[u8]) -> Result<i32, RowErrorKind> {
        let text = std::str::from_utf8(text.trim_ascii()).map_err(|_| RowErrorKind::NotATime)?;
        let time = strtime::parse(&self.0, text).map_err(|_| RowErrorKind::NotATime)?;
        if let Ok(moment) = time.to_timestamp() {
            return within(moment.as_second().div_euclid(86_400));
        }
        let day = time.to_date().map_err(|_| RowErrorKind::NotATime)?;
        within(number_of(day).into())
    }
}

/// A number of days since 1970, where it is one that a log may have.
pub(super) fn within(day: i64) -> Result<i32, RowErrorKind> {
    match i32::try_from(day) {
        Ok(day) if (0..=LAST_DAY).contains(&i64::from(day)) => Ok(day),
        _ => Err(RowErrorKind::TimeOutOfRange),
    }
}

fn of_number(text: &[u8]) -> Result<i32, RowErrorKind> {
    let end = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let fraction = text.get(end + 1..).unwrap_or(b"0");
    if end == 0 || fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return Err(RowErrorKind::NotATime);
    }
    let mut number: u64 = 0;
    for digit in &text[..end] {
        if !digit.is_ascii_digit() {
            return Err(RowErrorKind::NotATime);
        }
        let shifted = number.checked_mul(10).ok_or(RowErrorKind::TimeOutOfRange)?;
        number =
            shifted.checked_add(u64::from(digit - b'0')).ok_or(RowErrorKind::TimeOutOfRange)?;
    }
    day_of_number(number)
}

/// Seconds or milliseconds since 1970, whichever they must be, to whole days.
pub(super) fn day_of_number(number: u64) -> Result<i32, RowErrorKind> {
    if number < MIN_SECONDS {
        return Err(RowErrorKind::NotATime);
    }
    let mut seconds = number;
    while seconds >= MIN_MILLISECONDS {
        seconds /= 1000;
    }
    if !NUMBERED_SECONDS.contains(&seconds) {
        return Err(RowErrorKind::TimeOutOfRange);
    }
    within(i64::try_from(seconds / 86_400).map_err(|_| RowErrorKind::TimeOutOfRange)?)
}

/// A year, and month and day behind one separator; where that is a slash, also of one digit.
fn of_words(text: &[u8]) -> Result<i32, RowErrorKind> {
    let year = text.get(..4).ok_or(RowErrorKind::NotATime)?;
    let year = pair(&year[..2])? * 100 + pair(&year[2..])?;
    let separator = text[4];
    let (month, rest) = month_or_day(&text[5..], separator)?;
    let rest = rest.strip_prefix(&[separator]).ok_or(RowErrorKind::NotATime)?;
    let (day, rest) = month_or_day(rest, separator)?;
    let minutes = minutes(rest)?;
    let day = civil(year, month, day).ok_or(RowErrorKind::TimeOutOfRange)?;
    within((day * 1440 + minutes).div_euclid(1440))
}

fn month_or_day(text: &[u8], separator: u8) -> Result<(i64, &[u8]), RowErrorKind> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => Ok((pair(&[*tens, *ones])?, rest)),
        [ones @ b'0'..=b'9', rest @ ..] if separator == b'/' => Ok((pair(&[b'0', *ones])?, rest)),
        _ => Err(RowErrorKind::NotATime),
    }
}

/// Minutes since midnight UTC, negative or beyond a day where the offset makes them so.
fn minutes(rest: &[u8]) -> Result<i64, RowErrorKind> {
    if rest.is_empty() {
        return Ok(0);
    }
    let [b'T' | b't' | b' ', a, b, b':', c, d, rest @ ..] = rest else {
        return Err(RowErrorKind::NotATime);
    };
    let (hour, minute) = (pair(&[*a, *b])?, pair(&[*c, *d])?);
    let (second, rest) = match rest {
        [b':', tens, ones, rest @ ..] => (pair(&[*tens, *ones])?, fraction(rest)?),
        rest => (0, rest),
    };
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(RowErrorKind::TimeOutOfRange);
    }
    Ok(hour * 60 + minute - offset(rest)?)
}

/// What stands behind the fraction of a second, if there is one.
fn fraction(rest: &[u8]) -> Result<&[u8], RowErrorKind> {
    let [b'.' | b',', fraction @ ..] = rest else { return Ok(rest) };
    let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 { Err(RowErrorKind::NotATime) } else { Ok(&fraction[digits..]) }
}

/// Minutes east of UTC; without an offset the time is UTC. Behind an offset in figures the zone's
/// name may stand, as Go writes it.
fn offset(text: &[u8]) -> Result<i64, RowErrorKind> {
    let text = text.trim_ascii_start();
    let is_zero = |word: &&[u8]| text.eq_ignore_ascii_case(word);
    if [&b""[..], b"Z", b"UTC", b"GMT"].iter().any(is_zero) {
        return Ok(0);
    }
    let end = text.iter().position(|b| *b == b' ').unwrap_or(text.len());
    let (figures, name) = text.split_at(end);
    if !name.trim_ascii().iter().all(u8::is_ascii_alphabetic) {
        return Err(RowErrorKind::NotATime);
    }
    let (sign, digits) = match figures {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return Err(RowErrorKind::NotATime),
    };
    let (hours, minutes) = match digits {
        [a, b, b':', c, d] | [a, b, c, d] => (pair(&[*a, *b])?, pair(&[*c, *d])?),
        [a, b] => (pair(&[*a, *b])?, 0),
        _ => return Err(RowErrorKind::NotATime),
    };
    if hours > 23 || minutes > 59 {
        return Err(RowErrorKind::TimeOutOfRange);
    }
    Ok(sign * (hours * 60 + minutes))
}

fn pair(text: &[u8]) -> Result<i64, RowErrorKind> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Ok(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        }
        _ => Err(RowErrorKind::NotATime),
    }
}

/// Days since 1970-01-01 of a day that exists.
fn civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let narrow = |number: i64| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
    Some(number_of(date).into())
}

/// Days since 1970-01-01: years from March on, so that a leap day is the last of its year.
#[inline]
pub(super) fn number_of(date: Date) -> i32 {
    let (year, month, day) =
        (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    // 719,468 days lie between the first of March of the year 0 and 1970-01-01.
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of so many days since 1970-01-01.
pub(super) fn date_of(day: i32) -> Date {
    let start = Date::constant(1970, 1, 1);
    start.checked_add(jiff::Span::new().days(day)).unwrap_or(Date::MAX)
}

/// Spans of days within which a log's rows need not be told apart.
#[derive(Debug, Clone, Default)]
pub struct Periods {
    /// The first days of the spans, in order.
    starts: Vec<i32>,
    by_day: bool,
    by_month: bool,
}

impl Periods {
    /// Periods that begin on the days `changes`; every day or month is one, too, where totals of
    /// days or months are wanted.
    pub fn new(changes: &[Date], by_day: bool, by_month: bool) -> Self {
        let mut starts: Vec<i32> = changes.iter().map(|date| number_of(*date)).collect();
        starts.sort_unstable();
        starts.dedup();
        Self { starts, by_day, by_month }
    }

    /// The first day of the period of `day`; 0 before the first of them.
    pub(super) fn start_of(&self, day: i32) -> i32 {
        if self.by_day {
            return day;
        }
        let at = self.starts.partition_point(|start| *start <= day);
        let start = at.checked_sub(1).map_or(0, |at| self.starts[at]);
        if self.by_month {
            let date = date_of(day);
            return start.max(day - i32::from(date.day()) + 1);
        }
        start.max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_as_a_calendar_does() {
        let start = Date::constant(1970, 1, 1);
        let mut date = Date::constant(1599, 12, 31);
        while date < Date::constant(2401, 1, 2) {
            assert_eq!(number_of(date), start.until(date).unwrap().get_days(), "{date}");
            date = date.tomorrow().unwrap();
        }
        assert_eq!(i64::from(number_of(Date::MAX)), LAST_DAY);
    }
}
