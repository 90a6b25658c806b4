//! How fast the suite may go: messages per second, and how many at a time.
//!
//! One [`Pace`] is shared by everything that sends in a run. Time spent waiting here never counts as time the product
//! took.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// A shared limit on sending. Clones share the limit; the default has none.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    slots: Option<Arc<Semaphore>>,
    rate: Option<Arc<Rate>>,
}

#[derive(Debug)]
struct Rate {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

/// The right to send one message; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    _slot: Option<OwnedSemaphorePermit>,
}

impl Pace {
    /// At most `per_second` messages a second, and at most `at_once` under way; `None` is no limit.
    pub fn new(per_second: Option<u32>, at_once: Option<usize>) -> Pace {
        let rate = per_second
            .filter(|rate| *rate > 0)
            .map(|rate| Arc::new(Rate { interval: Duration::from_secs(1) / rate, next: Mutex::new(None) }));
        Pace { slots: at_once.map(|slots| Arc::new(Semaphore::new(slots.max(1)))), rate }
    }

    /// Waits for a turn, in the order asked.
    pub async fn turn(&self) -> Turn {
        let slot = match &self.slots {
            Some(slots) => slots.clone().acquire_owned().await.ok(),
            None => None,
        };
        if let Some(rate) = &self.rate {
            sleep_until(rate.reserve().await).await;
        }
        Turn { _slot: slot }
    }
}

impl Rate {
    /// Messages are spaced evenly: no burst after a pause.
    async fn reserve(&self) -> Instant {
        let mut next = self.next.lock().await;
        let now = Instant::now();
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.interval);
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_spaced_by_the_rate() {
        let rate = Rate { interval: Duration::from_millis(100), next: Mutex::new(None) };
        let first = rate.reserve().await;
        let second = rate.reserve().await;
        let third = rate.reserve().await;
        assert!(second - first >= Duration::from_millis(100));
        assert_eq!(third - second, Duration::from_millis(100));
    }

    #[tokio::test]
    async fn no_more_turns_at_once_than_allowed() {
        let pace = Pace::new(None, Some(2));
        let first = pace.turn().await;
        let _second = pace.turn().await;
        let third = tokio::spawn({
            let pace = pace.clone();
            async move { drop(pace.turn().await) }
        });
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        drop(first);
        assert!(third.await.is_ok());
    }
}
