//! How fast the suite may go: messages per second, and how many at a time.
//!
//! One [`Pace`] is shared by everything that sends in a run. Time spent waiting here never counts as time the product
//! took. Messages that many others wait for go before the rest: a chain of them sets the length of the run.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, oneshot};
use tokio::time::{Instant, sleep_until};

/// A shared limit on sending. Clones share the limit; the default has none.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    slots: Option<Arc<Lock<Slots>>>,
    rate: Option<Arc<Rate>>,
}

/// Who may send, and who waits.
#[derive(Debug)]
struct Slots {
    free: usize,
    in_a_hurry: VecDeque<oneshot::Sender<Slot>>,
    others: VecDeque<oneshot::Sender<Slot>>,
}

/// One of the messages that may be under way; passed on when dropped.
#[derive(Debug)]
struct Slot(Option<Arc<Lock<Slots>>>);

#[derive(Debug)]
struct Rate {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

/// The right to send one message; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    _slot: Option<Slot>,
}

impl Pace {
    /// At most `per_second` messages a second, and at most `at_once` under way; `None` is no limit.
    pub fn new(per_second: Option<u32>, at_once: Option<usize>) -> Pace {
        let rate = per_second
            .filter(|rate| *rate > 0)
            .map(|rate| Arc::new(Rate { interval: Duration::from_secs(1) / rate, next: Mutex::new(None) }));
        let slots = |free: usize| Slots { free, in_a_hurry: VecDeque::new(), others: VecDeque::new() };
        Pace { slots: at_once.map(|at_once| Arc::new(Lock::new(slots(at_once.max(1))))), rate }
    }

    /// Waits for a turn, in the order asked; those in a hurry first.
    pub async fn turn(&self, in_a_hurry: bool) -> Turn {
        let slot = match &self.slots {
            Some(slots) => Some(Slot::of(slots, in_a_hurry).await),
            None => None,
        };
        if let Some(rate) = &self.rate {
            sleep_until(rate.reserve().await).await;
        }
        Turn { _slot: slot }
    }
}

impl Slot {
    async fn of(slots: &Arc<Lock<Slots>>, in_a_hurry: bool) -> Slot {
        let waiting = {
            let mut all = held(slots);
            if all.free > 0 {
                all.free -= 1;
                return Slot(Some(slots.clone()));
            }
            let (given, waiting) = oneshot::channel();
            match in_a_hurry {
                true => all.in_a_hurry.push_back(given),
                false => all.others.push_back(given),
            }
            waiting
        };
        // Whoever gives a slot back keeps the sender until then: it is not lost.
        waiting.await.unwrap_or(Slot(None))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(slots) = self.0.take() else { return };
        let mut slot = Slot(Some(slots.clone()));
        loop {
            let next = {
                let mut all = held(&slots);
                let next = all.in_a_hurry.pop_front();
                let next = next.or_else(|| all.others.pop_front());
                all.free += usize::from(next.is_none());
                next
            };
            let Some(next) = next else {
                slot.0 = None;
                return;
            };
            match next.send(slot) {
                Ok(()) => return,
                // It no longer waits.
                Err(back) => slot = back,
            }
        }
    }
}

fn held(slots: &Lock<Slots>) -> MutexGuard<'_, Slots> {
    slots.lock().unwrap_or_else(PoisonError::into_inner)
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
    async fn no_more_turns_at_once_than_allowed_and_those_in_a_hurry_first() {
        let pace = Pace::new(None, Some(2));
        let first = pace.turn(false).await;
        let _second = pace.turn(false).await;
        let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
        let wait = |name: &'static str, in_a_hurry: bool| {
            let (pace, told) = (pace.clone(), told.clone());
            tokio::spawn(async move {
                let _turn = pace.turn(in_a_hurry).await;
                let _ = told.send(name);
            })
        };
        let gave_up = wait("gave up", false);
        tokio::task::yield_now().await;
        let _waiting = (wait("third", false), tokio::task::yield_now().await);
        let _hurried = (wait("hurried", true), tokio::task::yield_now().await);
        gave_up.abort();
        assert!(hears.try_recv().is_err());
        drop(first);
        assert_eq!(hears.recv().await, Some("hurried"));
        assert_eq!(hears.recv().await, Some("third"));
    }
}
