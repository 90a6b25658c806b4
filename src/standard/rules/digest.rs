//! What values are compared by: hashes of 128 bits, the same in every run, so that no text has to be kept.

use twox_hash::XxHash3_128;

/// A hash of a text, or of several in order. Two are taken for the same where these are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Digest([u64; 2]);

impl Digest {
    pub(crate) fn of(text: &str) -> Digest {
        Digest::from(XxHash3_128::oneshot(text.as_bytes()))
    }

    /// This and another one, in that order.
    pub(crate) fn and(self, next: Digest) -> Digest {
        let mut bytes = [0; 32];
        for (eight, word) in bytes.chunks_exact_mut(8).zip(self.0.into_iter().chain(next.0)) {
            eight.copy_from_slice(&word.to_le_bytes());
        }
        Digest::from(XxHash3_128::oneshot(&bytes))
    }

    pub(crate) fn words(self) -> [u64; 2] {
        self.0
    }
}

impl From<u128> for Digest {
    fn from(hash: u128) -> Digest {
        Digest([(hash >> 64) as u64, hash as u64])
    }
}

/// What tells a value from others: its text, or the parts of an object. Codes are canonical where they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// Of all parts but the last one; the same for values that have one part.
    before: Digest,
    pub(crate) whole: Digest,
}

impl Identity {
    pub(crate) fn of(text: &str) -> Identity {
        Identity { before: Digest::default(), whole: Digest::of(text) }
    }

    /// With one more part.
    pub(crate) fn and(self, text: &str) -> Identity {
        let seed = self.whole.0[0];
        Identity { before: self.whole, whole: Digest::from(XxHash3_128::oneshot_with_seed(seed, text.as_bytes())) }
    }

    /// Same, other, or not to be compared: identifiers of two types say nothing about each other.
    pub(super) fn same(&self, other: &Identity) -> Option<bool> {
        (self.before == other.before).then_some(self.whole == other.whole)
    }
}

/// Same if any two are; other if any two may be compared.
pub(super) fn any_same<S>(mine: &[(Identity, S)], theirs: &[(Identity, S)]) -> Option<bool> {
    let pairs = mine.iter().flat_map(|(one, _)| theirs.iter().filter_map(|(other, _)| one.same(other)));
    pairs.reduce(|sum, more| sum || more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_has_the_same_digest_and_nothing_else() {
        let identity = |kind: &str, value: &str| Identity::of(kind).and(value);
        let one = identity("UIN", "1");
        assert_eq!(one.same(&identity("UIN", "1")), Some(true));
        assert_eq!(one.same(&identity("UIN", "2")), Some(false));
        assert_eq!(one.same(&identity("BRN", "1")), None);
        assert_eq!(one.same(&Identity::of("1")), None);
        assert_eq!(Identity::of("1").same(&Identity::of("2")), Some(false));
        assert_ne!(one.whole, identity("1", "UIN").whole);
        assert_ne!(identity("UI", "N1").whole, one.whole);
        assert_ne!(one.and("").whole, one.whole);
    }
}
