//! Dates as a file writes them (`DD/MM/YYYY`), read into those of the standard.

/// A declared way to write dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DateFormat(Vec<Piece>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A number: which one, and with how many digits.
    Number(Field, usize),
    /// A character as it is.
    Mark(u8),
    /// How far the time is from UTC: `Z`, `UTC`, or hours with or without minutes (`+00`, `+0530`, `+05:30`).
    Offset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The letters of a format; `MM` is the month, `mm` the minute.
const LETTERS: [(u8, Field, usize); 6] = [
    (b'Y', Field::Year, 4),
    (b'M', Field::Month, 2),
    (b'D', Field::Day, 2),
    (b'h', Field::Hour, 2),
    (b'm', Field::Minute, 2),
    (b's', Field::Second, 2),
];

impl DateFormat {
    /// Reads a format; `None` where it has no year, month and day, a field twice, or other letters.
    pub(super) fn new(format: &str) -> Option<DateFormat> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = format.as_bytes();
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|byte| *byte == first).count();
            let piece = match LETTERS.iter().find(|(letter, ..)| letter == first) {
                Some((_, field, digits)) if *digits == length => Piece::Number(*field, length),
                // A single letter is a number without a zero in front: two digits at most.
                Some((_, field, 2)) if length == 1 => Piece::Number(*field, 1),
                None if *first == b'Z' && length == 1 => Piece::Offset,
                None if !first.is_ascii_alphanumeric() || *first == b'T' => Piece::Mark(*first),
                _ => return None,
            };
            rest = rest.get(if matches!(piece, Piece::Mark(_)) { 1 } else { length }..).unwrap_or_default();
            pieces.push(piece);
        }
        let format = DateFormat(pieces);
        let count = |field| format.0.iter().filter(|piece| matches!(piece, Piece::Number(f, _) if *f == field)).count();
        let all = [Field::Year, Field::Month, Field::Day].iter().all(|field| count(*field) == 1);
        let once = LETTERS.iter().all(|(_, field, _)| count(*field) <= 1);
        let timed = count(Field::Hour) == 1;
        let offsets = format.0.iter().filter(|piece| matches!(piece, Piece::Offset)).count();
        (all && once && timed == (count(Field::Minute) == 1) && offsets <= usize::from(timed)).then_some(format)
    }

    /// A date of this format in the standard's own; `None` where the text has another.
    pub(super) fn read(&self, text: &[u8]) -> Option<String> {
        let (mut found, mut fraction, mut offset) = ([None; 6], "", String::new());
        let mut rest = text;
        for piece in &self.0 {
            rest = match piece {
                Piece::Mark(mark) => rest.strip_prefix(std::slice::from_ref(mark))?,
                Piece::Offset => {
                    let after;
                    (offset, after) = offset_of(rest)?;
                    after
                }
                Piece::Number(field, digits) => {
                    let most = if *digits == 1 { 2 } else { *digits };
                    let count = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
                    if count < *digits {
                        return None;
                    }
                    let (number, after) = rest.split_at_checked(count)?;
                    *found.get_mut(*field as usize)? = std::str::from_utf8(number).ok()?.parse::<u16>().ok();
                    match field {
                        // Databases write it only where there is one.
                        Field::Second => {
                            let (digits, after) = fraction_of(after);
                            fraction = digits;
                            after
                        }
                        _ => after,
                    }
                }
            };
        }
        if !rest.is_empty() {
            return None;
        }
        let [year, month, day, hour, minute, second] = found;
        let date = format!("{:04}-{:02}-{:02}", year?, month?, day?);
        Some(match hour.zip(minute) {
            Some((hour, minute)) => {
                format!("{date}T{hour:02}:{minute:02}:{:02}{fraction}{offset}", second.unwrap_or(0))
            }
            None => date,
        })
    }
}

/// The fraction of a second at the start of a text, with its point, and what follows; nothing where there is none.
fn fraction_of(text: &[u8]) -> (&str, &[u8]) {
    let digits = text.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    let there = text.first() == Some(&b'.') && (1..=9).contains(&digits);
    let (fraction, rest) = text.split_at_checked(if there { digits + 1 } else { 0 }).unwrap_or((&[], text));
    (std::str::from_utf8(fraction).unwrap_or_default(), rest)
}

/// How far from UTC a text says that it is, as the standard writes it, and what follows.
fn offset_of(text: &[u8]) -> Option<(String, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"Z").or_else(|| text.strip_prefix(b"UTC")) {
        return Some(("Z".into(), rest));
    }
    let (sign, rest) = text.split_first().filter(|(sign, _)| matches!(sign, b'+' | b'-'))?;
    let two = |text: &[u8]| text.get(..2).filter(|two| two.iter().all(u8::is_ascii_digit)).map(<[u8]>::to_vec);
    let hours = two(rest)?;
    let rest = rest.get(2..)?;
    let behind = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = match two(behind) {
        Some(minutes) => (minutes, behind.get(2..)?),
        None => (b"00".to_vec(), rest),
    };
    let written = [&[*sign], hours.as_slice(), b":", &minutes].concat();
    Some((String::from_utf8(written).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_declared() {
        let read = |format: &str, text: &str| DateFormat::new(format).expect("a format").read(text.as_bytes());
        assert_eq!(read("DD/MM/YYYY", "31/01/1990").as_deref(), Some("1990-01-31"));
        assert_eq!(read("D.M.YYYY", "1.12.1990").as_deref(), Some("1990-12-01"));
        assert_eq!(read("YYYYMMDD", "19901201").as_deref(), Some("1990-12-01"));
        assert_eq!(read("DD.MM.YYYY hh:mm", "01.12.1990 09:05").as_deref(), Some("1990-12-01T09:05:00"));
        // As PostgreSQL, DuckDB and pandas write moments.
        let moment = "YYYY-MM-DD hh:mm:ssZ";
        for (text, read_as) in [
            ("2024-03-01 10:00:00+00", "2024-03-01T10:00:00+00:00"),
            ("2024-03-01 10:00:00.123456+05:30", "2024-03-01T10:00:00.123456+05:30"),
            ("2024-03-01 10:00:00-0330", "2024-03-01T10:00:00-03:30"),
            ("2024-03-01 10:00:00.5Z", "2024-03-01T10:00:00.5Z"),
        ] {
            assert_eq!(read(moment, text).as_deref(), Some(read_as));
        }
        let of_warehouses = read("YYYY-MM-DD hh:mm:ss Z", "2024-03-01 10:00:00 UTC");
        assert_eq!(of_warehouses.as_deref(), Some("2024-03-01T10:00:00Z"));
        assert_eq!(read("YYYY-MM-DD hh:mm:ss", "2024-03-01 10:00:00.123").as_deref(), Some("2024-03-01T10:00:00.123"));
        for other in
            ["2024-03-01 10:00:00", "2024-03-01 10:00:00+0", "2024-03-01 10:00:00.+00", "2024-03-01 10:00:00+00:0"]
        {
            assert_eq!(read(moment, other), None, "{other}");
        }
        assert_eq!(read("YYYY-MM-DD hh:mm:ss", "2024-03-01 10:00:00+00"), None, "an offset is declared");
        for other in ["1/01/1990", "31/01/90", "31/01/1990 ", "31-01-1990", "", "1990-01-31"] {
            assert_eq!(read("DD/MM/YYYY", other), None, "{other}");
        }
        // What is no day stays for the rule about dates to find.
        assert_eq!(read("DD/MM/YYYY", "31/02/1990").as_deref(), Some("1990-02-31"));
    }

    #[test]
    fn formats_without_a_day_are_refused() {
        for format in [
            "",
            "YYYY",
            "DD/MM/YY",
            "DD/MM/YYYY DD",
            "%d/%m/%Y",
            "DD/MM/YYYY hh",
            "dd/mm/yyyy",
            "DDMMMYYYY",
            "DD/MM/YYYYZ",
            "DD/MM/YYYY hh:mmZZ",
        ] {
            assert_eq!(DateFormat::new(format), None, "{format}");
        }
    }
}
