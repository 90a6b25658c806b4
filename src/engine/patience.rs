//! How long silence has to last before it tells anything.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::context::held;

/// A shorter silence tells nothing of any product: a message needs its time to be made and sent.
pub(super) const LEAST: Duration = Duration::from_millis(250);
/// So many times as long as the product took for what it did send.
const AS_LONG_AGAIN: u32 = 2;

/// What the product took, at the longest, for each kind of message it sent.
#[derive(Debug, Default)]
pub struct Patience(Mutex<BTreeMap<String, Duration>>);

impl Patience {
    /// Notes how long the product took for a message of a kind.
    pub fn took(&self, kind: &str, length: Duration) {
        let mut longest = held(&self.0);
        let known = longest.entry(kind.to_owned()).or_default();
        *known = length.max(*known);
    }

    /// How long we listen before silence of a kind counts (of any kind where none is named), if so long is asked for. A product
    /// that sends what is due once in a second does not show in half of one that it sends nothing.
    pub fn silence(&self, kind: Option<&str>, asked: Duration) -> Duration {
        let longest = held(&self.0);
        let of_kind = longest.iter().filter(|(name, _)| kind.is_none_or(|kind| kind == *name));
        let took = of_kind.map(|(_, length)| *length).max().unwrap_or_default();
        asked.max(LEAST).max(took.saturating_mul(AS_LONG_AGAIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_lasts_longer_than_what_the_product_takes_to_speak() {
        let ms = Duration::from_millis;
        let patience = Patience::default();
        assert_eq!(patience.silence(Some("notify"), ms(1)), LEAST, "a millisecond tells nothing");
        assert_eq!(patience.silence(None, ms(3000)), ms(3000));
        for length in [20, 900, 100] {
            patience.took("notify", ms(length));
        }
        assert_eq!(patience.silence(Some("notify"), ms(500)), ms(1800), "its queue is emptied once in a second");
        assert_eq!(patience.silence(Some("notify"), ms(3000)), ms(3000));
        assert_eq!(patience.silence(Some("on-search"), ms(500)), ms(500), "which it is not for others");
        assert_eq!(patience.silence(None, ms(500)), ms(1800));
    }
}
