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
        (all && once && (count(Field::Hour) == 1) == (count(Field::Minute) == 1)).then_some(format)
    }

    /// A date of this format in the standard's own; `None` where the text has another.
    pub(super) fn read(&self, text: &[u8]) -> Option<String> {
        let mut found = [None; 6];
        let mut rest = text;
        for piece in &self.0 {
            rest = match piece {
                Piece::Mark(mark) => rest.strip_prefix(std::slice::from_ref(mark))?,
                Piece::Number(field, digits) => {
                    let most = if *digits == 1 { 2 } else { *digits };
                    let count = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
                    if count < *digits {
                        return None;
                    }
                    let (number, after) = rest.split_at_checked(count)?;
                    *found.get_mut(*field as usize)? = std::str::from_utf8(number).ok()?.parse::<u16>().ok();
                    after
                }
            };
        }
        if !rest.is_empty() {
            return None;
        }
        let [year, month, day, hour, minute, second] = found;
        let date = format!("{:04}-{:02}-{:02}", year?, month?, day?);
        Some(match hour.zip(minute) {
            Some((hour, minute)) => format!("{date}T{hour:02}:{minute:02}:{:02}", second.unwrap_or(0)),
            None => date,
        })
    }
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
        for other in ["1/01/1990", "31/01/90", "31/01/1990 ", "31-01-1990", "", "1990-01-31"] {
            assert_eq!(read("DD/MM/YYYY", other), None, "{other}");
        }
        // What is no day stays for the rule about dates to find.
        assert_eq!(read("DD/MM/YYYY", "31/02/1990").as_deref(), Some("1990-02-31"));
    }

    #[test]
    fn formats_without_a_day_are_refused() {
        for format in ["", "YYYY", "DD/MM/YY", "DD/MM/YYYY DD", "%d/%m/%Y", "DD/MM/YYYY hh", "dd/mm/yyyy", "DDMMMYYYY"]
        {
            assert_eq!(DateFormat::new(format), None, "{format}");
        }
    }
}
