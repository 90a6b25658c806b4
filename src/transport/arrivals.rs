//! Every message that reached the listener, kept with its time before anyone asks whose it is.
//!
//! Append-only: early, late, repeated and stray messages can be told apart at the end of a run, because none is ever
//! taken out. Waiters are woken on each arrival.

use crate::model::exchange::{Answer, Direction, Exchange, Request, Response, Seen};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// What the log may hold; beyond it messages are refused and counted.
#[derive(Clone, Copy, Debug)]
pub struct ArrivalLimits {
    /// Messages.
    pub arrivals: usize,
    /// Bytes of one body.
    pub body: usize,
    /// Memory of all messages together, read as JSON.
    pub total: usize,
}

impl Default for ArrivalLimits {
    fn default() -> Self {
        ArrivalLimits { arrivals: 20_000, body: 8 << 20, total: 64 << 20 }
    }
}

/// One message that reached the listener.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Position in the log, from 0.
    pub number: usize,
    /// When its header had been read.
    pub at: SystemTime,
    /// The same, for measuring.
    pub instant: Instant,
    /// From there to the end of its body.
    pub took: Duration,
    /// Token of the address it came to, where that is one of ours.
    pub token: Option<String>,
    /// Name of the address below the token, where it has one.
    pub name: Option<String>,
    /// What the sender appended to our address, such as `/on-search`; empty when it used the address as given.
    pub suffix: String,
    /// The message.
    pub request: Request,
    /// What we answered.
    pub response: Response,
    /// Observations for people: a body cut off, an odd encoding.
    pub notes: Vec<String>,
}

impl Arrival {
    /// The arrival as an exchange of the run.
    pub fn exchange(&self, number: usize, name: Option<String>, test: Option<String>) -> Exchange {
        Exchange {
            number,
            direction: Direction::Arrived,
            name,
            test,
            sound: true,
            request: self.request.clone(),
            answer: Answer::Response(self.response.clone()),
            at: self.at,
            took: self.took,
            notes: self.notes.clone(),
            seen: Seen::Whole,
        }
    }
}

/// The log. Shared by the listener, which appends, and the tests, which read.
#[derive(Debug)]
pub struct ArrivalLog {
    limits: ArrivalLimits,
    kept: Mutex<Kept>,
    bytes: AtomicUsize,
    refused: AtomicUsize,
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Kept {
    all: Vec<Arc<Arrival>>,
    by_token: HashMap<String, Vec<Arc<Arrival>>>,
}

impl ArrivalLog {
    /// An empty log.
    pub fn new(limits: ArrivalLimits) -> ArrivalLog {
        ArrivalLog {
            limits,
            kept: Mutex::default(),
            bytes: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            count: watch::Sender::new(0),
        }
    }

    /// What it may hold.
    pub fn limits(&self) -> ArrivalLimits {
        self.limits
    }

    /// Number of messages kept.
    pub fn len(&self) -> usize {
        self.kept().all.len()
    }

    /// True when nothing ever reached us.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.refused() == 0
    }

    /// Messages refused because the log was full.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Bytes of the messages kept and being read.
    pub fn bytes_kept(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// All messages from a position on, in the order they came.
    pub fn since(&self, number: usize) -> Vec<Arc<Arrival>> {
        self.kept().all.get(number..).unwrap_or_default().to_vec()
    }

    /// All messages to the addresses of a token, in the order they came.
    pub fn of(&self, token: &str) -> Vec<Arc<Arrival>> {
        self.kept().by_token.get(token).cloned().unwrap_or_default()
    }

    /// The number of messages kept, as it changes: `changed().await` wakes on each arrival.
    ///
    /// Subscribe before reading the log, so that nothing falls between the two.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Claims room for bytes about to be read; false when the log is full.
    pub(super) fn reserve(&self, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before.saturating_add(bytes) <= self.limits.total;
        if !fits {
            self.release(bytes);
        }
        fits
    }

    /// Gives room back that was claimed for a message then refused.
    pub(super) fn release(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts a message that was refused.
    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Appends an arrival, giving it its number, and wakes all who wait; false when the log is full.
    pub(super) fn push(&self, mut arrival: Arrival) -> bool {
        let mut kept = self.kept();
        if kept.all.len() >= self.limits.arrivals {
            return false;
        }
        arrival.number = kept.all.len();
        let arrival = Arc::new(arrival);
        if let Some(token) = &arrival.token {
            kept.by_token.entry(token.clone()).or_default().push(arrival.clone());
        }
        kept.all.push(arrival);
        self.count.send_replace(kept.all.len());
        true
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
