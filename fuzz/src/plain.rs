//! The targets about exported files without cargo-fuzz: `cargo run --release --bin plain -- agree 600` runs one for so many
//! seconds on invented records that are changed at random. An input that fails is shown by the panic.

use dci_conform::sandbox::export::{self, Class, Format, Frequency, Options, defects};
use std::time::{Duration, Instant};

/// What is put into records: pieces of JSON and values that rules and formats look at.
const PIECES: [&str; 24] = [
    "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "0", "-1", "1e9", "\"\"", "\" \"", "\"2024-02-30\"",
    "\"9999-12-31T23:59:60Z\"", "\"SELF\"", "\"UIN\"", "{}", "[]", "\n", "\u{feff}", "\\ud800",
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let seconds = words.get(1).and_then(|word| word.parse().ok()).unwrap_or(60);
    let seeds = seeds();
    let mut random = Random(words.get(2).and_then(|word| word.parse().ok()).unwrap_or(0x2545_f491_4f6c_dd1d));
    let (end, mut runs, mut proven) = (Instant::now() + Duration::from_secs(seconds), 0u64, 0u64);
    while Instant::now() < end {
        let input = changed(&seeds, &mut random);
        match words.first().map(String::as_str) {
            Some("agree") => proven += u64::from(std::str::from_utf8(&input).is_ok_and(dci_conform_fuzz::agree)),
            Some("read") => dci_conform_fuzz::read(&input),
            _ => panic!("name a target: agree or read"),
        }
        runs += 1;
    }
    println!("{runs} inputs, {proven} of them proven, none failed");
}

/// Records without a mistake and with one of each kind.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for class in ["Group", "SRPerson"].into_iter().filter_map(Class::named) {
        let spoilt = defects().iter().filter(|defect| class.takes(defect)).map(|defect| Some((defect, Frequency::Every(1))));
        for (seed, defect) in (1..).zip(std::iter::repeat_n(None, 40).chain(spoilt)) {
            let mut record = Vec::new();
            let options = Options { class, count: 1, format: Format::Ndjson, defect, seed };
            if export::write(&options, &mut record, None).is_ok() {
                seeds.push(record);
            }
        }
    }
    seeds
}

/// One seed, or two as lines of a file, with a few changes.
fn changed(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    if random.below(4) == 0 {
        input.extend(&seeds[random.below(seeds.len())]);
    }
    for _ in 0..random.below(4) {
        let at = random.below(input.len());
        let to = (at + random.below(12)).min(input.len());
        match random.below(5) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..to)),
            2 => drop(input.splice(at..to, PIECES[random.below(PIECES.len())].bytes())),
            3 => input.get_mut(at).into_iter().for_each(|byte| *byte = random.below(256) as u8),
            // A piece of another record in place of one of this.
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let piece = other[from..(from + random.below(80)).min(other.len())].to_vec();
                drop(input.splice(at..to, piece));
            }
        }
    }
    input
}
