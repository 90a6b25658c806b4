//! Values of columns as the text that a CSV export of them has.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use std::io::Write;

/// What the values of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What they are: numbers, truths and texts.
    Plain,
    /// Numbers without a sign, of so many bits.
    Unsigned(u32),
    /// Days from 1970.
    Date,
    /// A time of day, in so many parts of a second.
    Time(u32),
    /// A moment, in so many parts of a second from 1970; of the zone UTC or of none.
    Moment { parts: u32, utc: bool },
    /// A number with so many digits behind the point.
    Decimal(u32),
    /// 16 bytes.
    Uuid,
}

/// Bytes of the widest decimal: 76 digits.
const WIDEST: usize = 32;
const SECONDS_OF_A_DAY: i64 = 86_400;
/// The day 1 January 1970 in the count of days by which old files (INT96) go.
const JULIAN_1970: i64 = 2_440_588;
impl Meaning {
    /// Writes a whole number as what it stands for. A day or moment that no calendar has stays a number, which the rules
    /// about dates then find.
    pub(super) fn integer(self, value: i64, out: &mut Vec<u8>) {
        let text = match self {
            Meaning::Plain | Meaning::Uuid => None,
            // Of 32 bits the upper ones of `value` are those of its sign.
            Meaning::Unsigned(bits) => Some((value as u64 & (u64::MAX >> (64 - bits))).to_string()),
            Meaning::Date => day(value).map(|day| day.to_string()),
            Meaning::Time(parts) => clock(value, parts),
            Meaning::Moment { parts, utc } => {
                let (seconds, rest) = (value.div_euclid(i64::from(parts)), value.rem_euclid(i64::from(parts)));
                moment(seconds, rest * (1_000_000_000 / i64::from(parts)), utc)
            }
            Meaning::Decimal(digits) => Some(pointed(value < 0, value.unsigned_abs().to_string(), digits)),
        };
        out.extend_from_slice(text.unwrap_or_else(|| value.to_string()).as_bytes());
    }

    /// Writes bytes as what they stand for; `None` where they cannot be that.
    pub(super) fn bytes(self, value: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Meaning::Decimal(digits) => {
                // The highest byte first, with a sign.
                let negative = value.first().is_some_and(|first| *first >= 0x80);
                let mut whole = [if negative { 0xff } else { 0 }; WIDEST];
                let start = whole.len().checked_sub(value.len())?;
                whole.get_mut(start..)?.copy_from_slice(value);
                out.extend_from_slice(pointed(negative, whole_number(negative, whole), digits).as_bytes());
            }
            Meaning::Uuid => out.extend_from_slice(uuid::Uuid::from_slice(value).ok()?.to_string().as_bytes()),
            _ => out.extend_from_slice(value),
        }
        Some(())
    }
}

/// Writes a number with a point, as short as it can be.
pub(super) fn float(value: f64, shortest: impl std::fmt::Display, out: &mut Vec<u8>) {
    // No text of a number says more of it than these: they stay texts, which the rule about types finds.
    let _ = match value == 0.0 || (value.abs() < 1e21 && value.abs() > 1e-9) || !value.is_finite() {
        true => write!(out, "{shortest}"),
        false => write!(out, "{value:e}"),
    };
}

/// Writes a moment as old files have it: billionths of a second of the day, the lower half first, and a day.
pub(super) fn int96([low, high, day]: [u32; 3], out: &mut Vec<u8>) {
    let nanoseconds = i64::try_from(u64::from(high) << 32 | u64::from(low)).unwrap_or(i64::MAX);
    let seconds = (i64::from(day) - JULIAN_1970) * SECONDS_OF_A_DAY;
    let text = moment(seconds + nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000, false);
    out.extend_from_slice(text.unwrap_or_else(|| "no moment of any calendar".into()).as_bytes());
}

fn day(days: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok().filter(|day| day.year() >= 0)
}

fn moment(seconds: i64, nanoseconds: i64, utc: bool) -> Option<String> {
    let moment = Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()?;
    let local = TimeZone::UTC.to_datetime(moment);
    (local.year() >= 0).then(|| if utc { moment.to_string() } else { local.to_string() })
}

fn clock(value: i64, parts: u32) -> Option<String> {
    let (seconds, rest) = (value.div_euclid(i64::from(parts)), value.rem_euclid(i64::from(parts)));
    let time = moment(seconds, rest * (1_000_000_000 / i64::from(parts)), false)?;
    (0..SECONDS_OF_A_DAY).contains(&seconds).then(|| time.split_once('T').map(|(_, time)| time.to_owned()))?
}

/// A whole number of so many digits behind its point.
fn pointed(negative: bool, whole: String, digits: u32) -> String {
    let digits = usize::try_from(digits).unwrap_or(0);
    let sign = if negative { "-" } else { "" };
    if digits == 0 {
        return sign.to_owned() + &whole;
    }
    let mut text = format!("{whole:0>width$}", width = digits + 1);
    text.insert(text.len() - digits, '.');
    sign.to_owned() + &text
}

/// The digits of a number without its sign, the highest byte first.
fn whole_number(negative: bool, mut bytes: [u8; WIDEST]) -> String {
    let mut carry = negative;
    for byte in bytes.iter_mut().rev().filter(|_| negative) {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
    let mut digits = Vec::new();
    while digits.is_empty() || bytes.iter().any(|byte| *byte != 0) {
        let rest = bytes.iter_mut().fold(0u16, |rest, byte| {
            let part = rest << 8 | u16::from(*byte);
            *byte = u8::try_from(part / 10).unwrap_or_default();
            part % 10
        });
        digits.push(b'0' + u8::try_from(rest).unwrap_or_default());
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(meaning: Meaning, value: i64) -> String {
        let mut out = Vec::new();
        meaning.integer(value, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn whole_numbers_become_what_they_stand_for() {
        let utc = |parts| Meaning::Moment { parts, utc: true };
        for (meaning, value, text) in [
            (Meaning::Plain, -5, "-5"),
            (Meaning::Unsigned(32), -1, "4294967295"),
            (Meaning::Unsigned(64), -1, "18446744073709551615"),
            (Meaning::Date, 7335, "1990-01-31"),
            (Meaning::Date, -1, "1969-12-31"),
            (Meaning::Date, 99_999_999, "99999999"),
            (Meaning::Time(1_000), 45_296_789, "12:34:56.789"),
            (Meaning::Time(1_000), 86_400_000, "86400000"),
            (utc(1_000), 633_787_200_000, "1990-01-31T12:00:00Z"),
            (utc(1_000_000_000), -1, "1969-12-31T23:59:59.999999999Z"),
            (utc(1_000), i64::MAX, "9223372036854775807"),
            (Meaning::Moment { parts: 1_000_000, utc: false }, 633_744_000_000_000, "1990-01-31T00:00:00"),
            (Meaning::Decimal(2), 12345, "123.45"),
            (Meaning::Decimal(3), -5, "-0.005"),
            (Meaning::Decimal(0), 7, "7"),
        ] {
            assert_eq!(integer(meaning, value), text, "{meaning:?} {value}");
        }
    }

    #[test]
    fn bytes_become_what_they_stand_for() {
        let bytes = |meaning: Meaning, value: &[u8]| {
            let mut out = Vec::new();
            meaning.bytes(value, &mut out)?;
            String::from_utf8(out).ok()
        };
        assert_eq!(bytes(Meaning::Plain, b"text").as_deref(), Some("text"));
        assert_eq!(bytes(Meaning::Decimal(1), &[0xff, 0x85]).as_deref(), Some("-12.3"));
        assert_eq!(bytes(Meaning::Decimal(1), &[]).as_deref(), Some("0.0"));
        assert_eq!(bytes(Meaning::Decimal(1), &[0; WIDEST + 1]), None, "more digits than fit");
        let mut wide = [0; WIDEST];
        wide[0] = 0x80;
        let least = "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
        assert_eq!(bytes(Meaning::Decimal(0), &wide).as_deref(), Some(least));
        let most = "5789604461865809771178549250434395392663499233282028201972879200395656481996.7";
        assert_eq!(bytes(Meaning::Decimal(1), &wide.map(|byte| !byte)).as_deref(), Some(most));
        assert_eq!(bytes(Meaning::Uuid, &[1; 16]).as_deref(), Some("01010101-0101-0101-0101-010101010101"));
        assert_eq!(bytes(Meaning::Uuid, &[1; 15]), None);
    }

    #[test]
    fn old_moments_and_numbers_with_a_point_have_texts() {
        let mut out = Vec::new();
        int96([0, 0, 2_440_589], &mut out);
        assert_eq!(out, b"1970-01-02T00:00:00");
        for (value, text) in [(5.0, "5"), (0.1, "0.1"), (1e300, "1e300"), (f64::NAN, "NaN")] {
            let mut out = Vec::new();
            float(value, value, &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }
}
