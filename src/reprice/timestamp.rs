//! From the words of a log's time column to whole UTC days, counted from 1970-01-01, and from days
//! to the periods within which no fact changes. No clock, and no zone but the one that is written.

use jiff::civil::Date;

use super::row_error::RowErrorKind;

/// The last day that is taken for one: 9999-12-31.
const LAST_DAY: i64 = 2_932_896;

/// Plain numbers below are no seconds: what looks like 20250101 is a date without its hyphens, and
/// would be read as a day of 1970.
const MIN_SECONDS: u64 = 100_000_000;

/// Plain numbers from here on are milliseconds: as seconds they would lie beyond the year 5000.
const MIN_MILLISECONDS: u64 = 100_000_000_000;

/// The day of a time: RFC 3339 with an offset or without (then UTC), a date alone, or seconds or
/// milliseconds since 1970 as a plain number.
pub(super) fn day_of(text: &[u8]) -> Result<i32, RowErrorKind> {
    if text.get(4) == Some(&b'-') { of_words(text) } else { of_number(text) }
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
    let seconds = if number < MIN_MILLISECONDS { number } else { number / 1000 };
    within(i64::try_from(seconds / 86_400).map_err(|_| RowErrorKind::TimeOutOfRange)?)
}

fn of_words(text: &[u8]) -> Result<i32, RowErrorKind> {
    let date = text.get(..10).filter(|date| date[7] == b'-').ok_or(RowErrorKind::NotATime)?;
    let year = pair(&date[..2])? * 100 + pair(&date[2..4])?;
    let (month, day) = (pair(&date[5..7])?, pair(&date[8..10])?);
    let minutes = minutes(&text[10..])?;
    let day = civil(year, month, day).ok_or(RowErrorKind::TimeOutOfRange)?;
    within((day * 1440 + minutes).div_euclid(1440))
}

/// Minutes since midnight UTC, negative or beyond a day where the offset makes them so.
fn minutes(rest: &[u8]) -> Result<i64, RowErrorKind> {
    if rest.is_empty() {
        return Ok(0);
    }
    let shape = rest.len() >= 9 && matches!(rest[0], b'T' | b't' | b' ');
    if !shape || rest[3] != b':' || rest[6] != b':' {
        return Err(RowErrorKind::NotATime);
    }
    let (hour, minute, second) = (pair(&rest[1..3])?, pair(&rest[4..6])?, pair(&rest[7..9])?);
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(RowErrorKind::TimeOutOfRange);
    }
    let mut rest = &rest[9..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return Err(RowErrorKind::NotATime);
        }
        rest = &fraction[digits..];
    }
    Ok(hour * 60 + minute - offset(rest)?)
}

/// Minutes east of UTC; without an offset the time is UTC.
fn offset(text: &[u8]) -> Result<i64, RowErrorKind> {
    let (sign, digits) = match text {
        [] | b"Z" | b"z" => return Ok(0),
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
