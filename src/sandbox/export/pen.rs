//! Writes JSON into one reused buffer, and makes choices that depend on nothing but their seed.

/// Writes members and items one after another; a comma comes where the last byte shows that one is due.
pub(super) struct Pen<'b> {
    pub(super) out: &'b mut Vec<u8>,
}

impl Pen<'_> {
    fn part(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':' | b'\n')) {
            self.out.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        self.part();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Opens an object that is a member.
    pub(super) fn open(&mut self, key: &str) {
        self.key(key);
        self.out.push(b'{');
    }

    /// Opens an object that is an item of a list, or the record itself.
    pub(super) fn item(&mut self) {
        self.part();
        self.out.push(b'{');
    }

    /// Closes an object.
    pub(super) fn close(&mut self) {
        self.out.push(b'}');
    }

    /// Opens a list.
    pub(super) fn list(&mut self, key: &str) {
        self.key(key);
        self.out.push(b'[');
    }

    /// Closes a list.
    pub(super) fn end(&mut self) {
        self.out.push(b']');
    }

    /// A member that is text, in as many parts as it is made of. The texts are our own and need no escapes.
    pub(super) fn text(&mut self, key: &str, parts: &[&str]) {
        self.key(key);
        self.quoted(parts);
    }

    /// An item that is text.
    pub(super) fn word(&mut self, parts: &[&str]) {
        self.part();
        self.quoted(parts);
    }

    /// A member that is text written by a function.
    pub(super) fn written(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.key(key);
        self.out.push(b'"');
        write(self.out);
        self.out.push(b'"');
    }

    /// An item that is text written by a function.
    pub(super) fn item_written(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.part();
        self.out.push(b'"');
        write(self.out);
        self.out.push(b'"');
    }

    fn quoted(&mut self, parts: &[&str]) {
        self.out.push(b'"');
        for part in parts {
            self.out.extend_from_slice(part.as_bytes());
        }
        self.out.push(b'"');
    }

    /// A member that is a whole number.
    pub(super) fn number(&mut self, key: &str, number: u64) {
        self.key(key);
        digits(self.out, number, 1);
    }

    /// A member that is a decimal: `scaled` divided by ten to the power of `places`.
    pub(super) fn decimal(&mut self, key: &str, scaled: i64, places: u32) {
        self.key(key);
        if scaled < 0 {
            self.out.push(b'-');
        }
        let unit = 10_u64.pow(places);
        digits(self.out, scaled.unsigned_abs() / unit, 1);
        self.out.push(b'.');
        digits(self.out, scaled.unsigned_abs() % unit, places as usize);
    }

    /// A member that is yes or no.
    pub(super) fn truth(&mut self, key: &str, truth: bool) {
        self.key(key);
        self.out.extend_from_slice(if truth { b"true" } else { b"false" });
    }
}

/// Writes a number with at least `width` digits.
pub(super) fn digits(out: &mut Vec<u8>, mut number: u64, width: usize) {
    let mut text = [b'0'; 20];
    let mut first = text.len();
    while number > 0 {
        first -= 1;
        text[first] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&text[first.min(text.len() - width.min(text.len()))..]);
}

/// Choices, from the splitmix64 sequence.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// Choices of their own for one thing of a seed.
    pub(super) fn new(seed: u64, of: u64) -> Dice {
        let mut dice = Dice(seed);
        Dice(dice.next() ^ Dice(of).next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number from one to another, both included.
    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True in about so many of a hundred cases.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several; the lists are our own and never empty.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A day; days end at 28 so that every month has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    pub(super) year: u64,
    month: u64,
    day: u64,
}

impl Day {
    /// A day in one of these years.
    pub(super) fn within(dice: &mut Dice, from: u64, to: u64) -> Day {
        Day { year: dice.between(from, to), month: dice.between(1, 12), day: dice.between(1, 28) }
    }

    /// `2021-03-14`
    pub(super) fn write(self, out: &mut Vec<u8>) {
        digits(out, self.year, 4);
        out.push(b'-');
        digits(out, self.month, 2);
        out.push(b'-');
        digits(out, self.day, 2);
    }
}
