//! Numbers of a sheet as text: dates are numbers that are shown as dates.

use jiff::civil::{Date, date};

/// How a style shows a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    Number,
    Date,
    DateTime,
    /// A time of day, or hours without a day.
    Time,
}

const SECONDS: f64 = 86400.0;

impl Shown {
    /// The formats that have a number and no code.
    pub(super) fn built_in(id: u32) -> Shown {
        match id {
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Date,
            22 => Shown::DateTime,
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shown::Time,
            _ => Shown::Number,
        }
    }

    /// Told from the code of a format such as `dd/mm/yyyy;@`, by the letters of its first part that are no text.
    pub(super) fn of_code(code: &str) -> Shown {
        let (mut day, mut time, mut month) = (false, false, false);
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter {
                ';' => break,
                '"' => drop(letters.by_ref().find(|letter| *letter == '"')),
                '\\' | '_' | '*' => drop(letters.next()),
                // A colour, a condition or a language; but `[h]` counts hours.
                '[' => {
                    let inner: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    let counts =
                        !inner.is_empty() && inner.chars().all(|letter| matches!(letter, 'h' | 'H' | 'm' | 's'));
                    time |= counts;
                }
                'y' | 'Y' | 'd' | 'D' => day = true,
                'h' | 'H' | 's' | 'S' => time = true,
                'm' | 'M' => month = true,
                // What is not a date: General, and numbers.
                'G' | '0' | '#' if !time => return if day { Shown::Date } else { Shown::Number },
                _ => {}
            }
        }
        match (day, time) {
            (true, true) => Shown::DateTime,
            (true, false) => Shown::Date,
            (false, true) => Shown::Time,
            (false, false) if month => Shown::Date,
            (false, false) => Shown::Number,
        }
    }

    /// A number as it is meant; `None` where it is no date of this style.
    pub(super) fn text(self, number: f64, from_1904: bool) -> Option<String> {
        let seconds = (number.fract() * SECONDS).round();
        let (day, seconds) = if seconds >= SECONDS { (number.trunc() + 1.0, 0.0) } else { (number.trunc(), seconds) };
        let clock = seconds as u32;
        let (hours, minutes, seconds) = (clock / 3600, clock / 60 % 60, clock % 60);
        match self {
            Shown::Number => Some(plain(number)),
            Shown::Date if clock == 0 => Some(calendar(day, from_1904)?.to_string()),
            Shown::Date | Shown::DateTime => {
                let day = calendar(day, from_1904)?;
                Some(format!("{day}T{hours:02}:{minutes:02}:{seconds:02}"))
            }
            Shown::Time => (0.0..1e6).contains(&day).then(|| {
                let hours = day as u32 * 24 + hours;
                format!("{hours:02}:{minutes:02}:{seconds:02}")
            }),
        }
    }
}

/// The day of a number. Day 60 is 29 February 1900, which never was: days before count from one later.
fn calendar(day: f64, from_1904: bool) -> Option<Date> {
    if !(0.0..2_958_466.0).contains(&day) {
        return None;
    }
    let day = day as i64;
    let (first, day) = match (from_1904, day) {
        (true, day) => (date(1904, 1, 1), day),
        (false, 0 | 60) => return None,
        (false, day) if day < 60 => (date(1899, 12, 31), day),
        (false, day) => (date(1899, 12, 30), day),
    };
    first.checked_add(jiff::Span::new().try_days(day).ok()?).ok().filter(|date| date.year() <= 9999)
}

/// A number without a power of ten where it has few enough digits.
fn plain(number: f64) -> String {
    match number.abs() < 1e21 && (number == 0.0 || number.abs() > 1e-9) {
        true => format!("{}", if number == 0.0 { 0.0 } else { number }),
        false => format!("{number:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_by_their_formats() {
        for (code, shown) in [
            ("yyyy-mm-dd", Shown::Date),
            ("dd/mm/yyyy;@", Shown::Date),
            ("[$-409]mmmm\\ d, yyyy", Shown::Date),
            ("mmm", Shown::Date),
            ("yyyy-mm-dd hh:mm:ss", Shown::DateTime),
            ("[h]:mm:ss", Shown::Time),
            ("mm:ss.0", Shown::Time),
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("#,##0 \"days\"", Shown::Number),
            ("[Red]0.0", Shown::Number),
            ("\\d0", Shown::Number),
            ("@", Shown::Number),
        ] {
            assert_eq!(Shown::of_code(code), shown, "{code}");
        }
    }

    #[test]
    fn numbers_become_the_days_they_stand_for() {
        let day = |number, from_1904| Shown::Date.text(number, from_1904);
        assert_eq!(day(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(day(59.0, false).as_deref(), Some("1900-02-28"));
        assert_eq!(day(60.0, false), None);
        assert_eq!(day(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(day(32904.0, false).as_deref(), Some("1990-01-31"));
        assert_eq!(day(31442.0, true).as_deref(), Some("1990-01-31"));
        assert_eq!(day(2_958_465.0, false).as_deref(), Some("9999-12-31"));
        for wrong in [-1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
            assert_eq!(day(wrong, false), None);
        }
        assert_eq!(Shown::DateTime.text(32904.5, false).as_deref(), Some("1990-01-31T12:00:00"));
        assert_eq!(Shown::DateTime.text(32_904.999_999_9, false).as_deref(), Some("1990-02-01T00:00:00"));
        assert_eq!(Shown::Time.text(1.25, false).as_deref(), Some("30:00:00"));
        let number = |number| Shown::Number.text(number, false).expect("a number");
        assert_eq!(
            [1.0, -0.0, 0.1, 1e20, 900_000_171.0].map(number),
            ["1", "0", "0.1", "100000000000000000000", "900000171"]
        );
        assert_eq!(number(1e300), "1e300");
    }
}
