//! How the cells of a text are parted, told from its first line where it is not declared.

/// The marks that part cells, the most usual first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The separator, and the bytes before the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) separator: u8,
    /// A line `sep=;` at the start, which spreadsheets write and read: its bytes.
    pub(super) announced: usize,
}

/// Tells the separator: as declared, as the file says itself, else the mark that stands most often in the first line
/// outside quotes.
pub(super) fn dialect(head: &[u8], declared: Option<u8>) -> Dialect {
    let line = head.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let said = match line.strip_prefix(b"sep=").map(<[u8]>::trim_ascii_end) {
        Some([mark]) => Some(*mark),
        Some([]) if line.starts_with(b"sep=\t") => Some(b'\t'),
        _ => None,
    };
    let announced = if said.is_some() { line.len() } else { 0 };
    Dialect { separator: declared.or(said).unwrap_or_else(|| most_frequent(head)), announced }
}

fn most_frequent(head: &[u8]) -> u8 {
    let mut counts = [0usize; SEPARATORS.len()];
    let (mut quoted, mut started) = (false, false);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && started => break,
            _ if !quoted => {
                for (count, separator) in counts.iter_mut().zip(SEPARATORS) {
                    *count += usize::from(*byte == separator);
                }
            }
            _ => {}
        }
        started |= !byte.is_ascii_whitespace();
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let first = counts.iter().position(|count| *count == most).unwrap_or(0);
    SEPARATORS.get(first).copied().unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_from_the_first_line() {
        let told = |text: &str| dialect(text.as_bytes(), None);
        let plain = |separator| Dialect { separator, announced: 0 };
        assert_eq!(told("a,b;c,d\n1;2;3;4\n"), plain(b','));
        assert_eq!(told("\na;b\n1,2,3\n"), plain(b';'));
        assert_eq!(told("a\tb"), plain(b'\t'));
        assert_eq!(told("a|b"), plain(b'|'));
        assert_eq!(told("\"a,b,c\";\"d\"\n"), plain(b';'));
        assert_eq!(told("alone\n1\n"), plain(b','));
        assert_eq!(told("sep=;\r\na;b\n"), Dialect { separator: b';', announced: 7 });
        assert_eq!(told("sep=\t\na\tb\n"), Dialect { separator: b'\t', announced: 6 });
        assert_eq!(dialect(b"a,b\n", Some(b'|')), plain(b'|'));
    }
}
