//! Dates and times as records write them, and what can be said for certain about their order.

use super::Seen;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

/// No place on earth is further from UTC.
const WIDEST_OFFSET_SECONDS: i64 = 14 * 3600;

/// A date or a date-time, with as much as was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    /// The day of the run, in UTC.
    Today(Date),
    Day(Date),
    /// A time without offset.
    Local(DateTime),
    /// A time with offset: the day as written, and the instant.
    Exact(Date, Timestamp),
}

impl Moment {
    /// The moment a value says.
    pub(super) fn of<'v, S: Seen<'v>>(value: S) -> Option<Moment> {
        let read = || value.text().and_then(|text| Moment::read(&text));
        value.memo().map_or_else(read, |memo| memo.moment(read))
    }

    /// Reads the forms of the standard: date, RFC 3339, local date-time, and the 12-hour form.
    pub(super) fn read(text: &str) -> Option<Moment> {
        if let Some(moment) = usual(text.as_bytes()) {
            return Some(moment);
        }
        let text = text.trim();
        let day: Date = text.get(..10).filter(|day| day.as_bytes().get(4) == Some(&b'-'))?.parse().ok()?;
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(Moment::Day(day));
        }
        if !rest.starts_with(['T', 't']) || rest.contains('[') {
            return None;
        }
        if let Some((plain, half)) = text.rsplit_once(' ') {
            let time: DateTime = plain.parse().ok()?;
            let hour = time.hour() % 12 + if half == "PM" { 12 } else { 0 };
            return matches!(half, "AM" | "PM")
                .then(|| time.with().hour(hour).build().ok())
                .flatten()
                .map(Moment::Local);
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Moment::Exact(day, instant));
        }
        text.parse().ok().map(Moment::Local)
    }

    /// The day as written, as a number: days that follow each other are one apart.
    pub(super) fn day_number(self) -> u64 {
        let days = self.day().duration_since(Date::MIN).as_hours() / 24;
        u64::try_from(days).unwrap_or(0)
    }

    fn day(self) -> Date {
        match self {
            Moment::Today(day) | Moment::Day(day) | Moment::Exact(day, _) => day,
            Moment::Local(time) => time.date(),
        }
    }

    /// The instant, taken as UTC where no offset was written, and whether one was.
    fn instant(self) -> Option<(i64, bool)> {
        match self {
            Moment::Exact(_, instant) => Some((instant.as_second(), true)),
            Moment::Local(time) => Some((TimeZone::UTC.to_timestamp(time).ok()?.as_second(), false)),
            Moment::Today(_) | Moment::Day(_) => None,
        }
    }

    /// The first and the last day, in UTC, that it can stand for when set against the day of the run: a day written
    /// without a zone may have begun east of UTC, or end west of it.
    fn days_beside_today(self) -> (Date, Date) {
        match self {
            Moment::Exact(_, instant) => {
                let day = TimeZone::UTC.to_datetime(instant).date();
                (day, day)
            }
            Moment::Today(day) => (day, day),
            Moment::Day(_) | Moment::Local(_) => {
                let day = self.day();
                (day.yesterday().unwrap_or(day), day.tomorrow().unwrap_or(day))
            }
        }
    }

    /// True when it certainly comes after another one. Where a side has no time the calendar dates decide; a missing
    /// offset leaves 14 hours open.
    pub(super) fn certainly_after(self, other: Moment) -> bool {
        if matches!(self, Moment::Today(_)) || matches!(other, Moment::Today(_)) {
            return self.days_beside_today().0 > other.days_beside_today().1;
        }
        match (self.instant(), other.instant()) {
            (Some((mine, true)), Some((theirs, true))) => mine > theirs,
            (Some((mine, _)), Some((theirs, _))) => mine - theirs > WIDEST_OFFSET_SECONDS,
            _ => self.day() > other.day(),
        }
    }

    /// True when both are certainly the same day or instant.
    pub(super) fn certainly_same(self, other: Moment) -> bool {
        match (self, other) {
            (Moment::Day(mine), Moment::Day(theirs)) => mine == theirs,
            (Moment::Exact(_, mine), Moment::Exact(_, theirs)) => mine == theirs,
            _ => false,
        }
    }

    /// True when nothing speaks against both being the same.
    pub(super) fn may_be(self, other: Moment) -> bool {
        !self.certainly_after(other) && !other.certainly_after(self)
    }

    /// True when fewer than so many years certainly lie between this and a later one. A day is left open, for zones.
    pub(super) fn certainly_less_than_years_before(self, later: Moment, years: i16) -> bool {
        // Mostly the years alone tell.
        let told = self.day().year().saturating_add(years) < later.day().year();
        !told && self.years_on(years, -1).is_some_and(|due| later.day() < due)
    }

    /// True when certainly that many full years, or more, lie between this and a later one.
    pub(super) fn certainly_years_before(self, later: Moment, years: i16) -> bool {
        let told = self.day().year().saturating_add(years) > later.day().year();
        !told && self.years_on(years, 1).is_some_and(|due| later.day() >= due)
    }

    fn years_on(self, years: i16, days: i64) -> Option<Date> {
        self.day().checked_add(Span::new().try_years(years).ok()?).ok()?.checked_add(Span::new().days(days)).ok()
    }
}

/// The two forms that nearly all records use, `2024-05-02` and `2024-05-02T10:00:00` with `Z` or an offset, read without
/// looking for others.
fn usual(text: &[u8]) -> Option<Moment> {
    let (day, rest) = text.split_first_chunk::<10>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *day else { return None };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let day = Date::new(year, two(m1, m2)?, two(d1, d2)?).ok()?;
    if rest.is_empty() {
        return Some(Moment::Day(day));
    }
    let (time, zone) = rest.split_first_chunk::<9>()?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2] = *time else { return None };
    let time = Time::new(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?, 0).ok()?;
    let offset = match *zone {
        [b'Z'] => Offset::UTC,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (i32::from(two(h1, h2)?), i32::from(two(m1, m2)?));
            let seconds = hours * 3600 + minutes * 60;
            let known = hours < 24 && minutes < 60;
            known.then(|| Offset::from_seconds(if sign == b'-' { -seconds } else { seconds }).ok())??
        }
        _ => return None,
    };
    Some(Moment::Exact(day, offset.to_timestamp(DateTime::from_parts(day, time)).ok()?))
}

/// A number of two digits.
fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0').cast_signed());
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::read(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_forms_of_the_standard_are_read() {
        for (text, day) in [
            ("1985-05-20", "1985-05-20"),
            ("1985-05-20T00:00:00Z", "1985-05-20"),
            ("1985-05-20T23:00:00.5-05:00", "1985-05-20"),
            ("2024-04-12T00:00", "2024-04-12"),
            ("2024-04-12T11:20:00 PM", "2024-04-12"),
            ("2024-06-30t23:59:60z", "2024-06-30"),
        ] {
            assert_eq!(moment(text).day().to_string(), day, "{text}");
        }
        assert_eq!(moment("2024-04-12T12:20:00 AM"), moment("2024-04-12T00:20:00"));
        assert_eq!(moment("2024-04-12T12:20:00 PM"), moment("2024-04-12T12:20"));
        for text in ["02.05.2024", "20240502", "2023-02-29", "2024-05-02 10:00", "2024-05-02Tx", "", "é024-05-02", "-"]
        {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_usual_forms_are_read_as_by_the_general_reader() {
        let mut told = 0;
        for day in ["2024-02-29", "2023-02-29", "0000-01-01", "9999-12-31", "2024-13-01", "2024-1-01", "20a4-01-01"] {
            for time in ["", "T10:20:30", "T23:59:59", "T23:59:60", "T24:00:00", "T10:60:00", "t10:20:30", "T10:20"] {
                for zone in ["", "Z", "z", "+03:00", "+23:59", "+24:00", "+03:60", "-03:00", "-00:00", "+00:00", ".5Z"]
                {
                    let text = format!("{day}{time}{zone}");
                    let Some(usual) = usual(text.as_bytes()) else { continue };
                    told += 1;
                    let general = match text.len() {
                        10 => Moment::Day(text.parse().unwrap()),
                        _ => Moment::Exact(text[..10].parse().unwrap(), text.parse().unwrap()),
                    };
                    assert_eq!(usual, general, "{text}");
                }
            }
        }
        assert!(told >= 20, "{told}");
    }

    #[test]
    fn only_what_is_certain_is_after() {
        for (later, earlier) in [
            ("2024-05-03", "2024-05-02"),
            ("2024-05-03", "2024-05-02T23:00:00Z"),
            ("2024-05-02T10:00:01Z", "2024-05-02T10:00:00Z"),
            ("2024-05-02T10:00:00Z", "2024-05-02T10:00:00+01:00"),
            ("2024-05-03T01:00:00", "2024-05-02T10:00:00Z"),
        ] {
            assert!(moment(later).certainly_after(moment(earlier)), "{later} {earlier}");
            assert!(!moment(earlier).certainly_after(moment(later)), "{later} {earlier}");
        }
        for (one, other) in [
            ("2024-05-02", "2024-05-02"),
            ("2024-05-02", "2024-05-02T23:00:00Z"),
            ("2024-05-03T00:00:00", "2024-05-02T10:00:00Z"),
            ("2024-05-02T10:00:00+01:00", "2024-05-02T09:00:00Z"),
        ] {
            assert!(moment(one).may_be(moment(other)), "{one} {other}");
        }
    }

    #[test]
    fn today_is_a_day_somewhere_on_earth() {
        let today = Moment::Today("2026-11-25".parse().unwrap());
        assert!(!moment("2026-11-26").certainly_after(today));
        assert!(moment("2026-11-27").certainly_after(today));
        assert!(moment("2026-11-26T00:00:00Z").certainly_after(today));
        assert!(!moment("2026-11-26T01:00:00+14:00").certainly_after(today));
        assert!(today.certainly_after(moment("2026-11-23")));
        assert!(!today.certainly_after(moment("2026-11-24")));
    }

    #[test]
    fn years_are_full_years() {
        let (born, later) = (moment("2000-02-29"), moment("2010-02-27"));
        assert!(born.certainly_less_than_years_before(moment("2010-02-26"), 10));
        assert!(!born.certainly_less_than_years_before(later, 10));
        assert!(!born.certainly_years_before(later, 10));
        assert!(born.certainly_years_before(moment("2010-03-01"), 10));
    }
}
