//! A server that takes its time, and the least time in which a run against it can be done.

use dci_conform::profile;
use dci_conform::source::Files;
use dci_conform::standard::Standard;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// Passes requests on at once and answers a fixed time after their request.
pub async fn proxy(upstream: SocketAddr, delay: Duration) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            tokio::spawn(connection(caller, upstream, delay));
        }
    });
    Ok(address)
}

async fn connection(caller: TcpStream, upstream: SocketAddr, delay: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    caller.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_caller, mut to_caller) = caller.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asked = Arc::new(Mutex::new(Instant::now()));
    let requests = {
        let asked = asked.clone();
        async move {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let read = from_caller.read(&mut buffer).await?;
                if read == 0 {
                    return to_server.shutdown().await;
                }
                *asked.lock().expect("nobody panics here") = Instant::now();
                to_server.write_all(buffer.get(..read).unwrap_or_default()).await?;
            }
        }
    };
    let answers = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_server.read(&mut buffer).await?;
            let due = *asked.lock().expect("nobody panics here") + delay;
            tokio::time::sleep_until(due).await;
            if read == 0 {
                return to_caller.shutdown().await;
            }
            to_caller.write_all(buffer.get(..read).unwrap_or_default()).await?;
        }
    };
    tokio::try_join!(requests, answers).map(|_| ())
}

/// The least time a run can take: all messages, spread over the jobs; and the longest chain of what depends on each other.
pub struct Bound {
    /// Messages sent.
    pub messages: usize,
    /// Messages under way at a time.
    pub jobs: usize,
    /// Seconds of the longest chain.
    pub chain: f64,
    /// Which tests it consists of.
    pub links: String,
    answer: f64,
}

impl Bound {
    /// Messages times the time of an answer, spread over the jobs, in seconds.
    pub fn by_messages(&self) -> f64 {
        self.messages as f64 * self.answer / self.jobs as f64
    }

    /// Reads both from a result.
    ///
    /// A test's chain is the time in which at least one of its own messages (those of its preparations included) was under
    /// way, from `at` and `took-ms` of its evidence, which exclude waiting for a turn; and the waits: each silence for as
    /// long as it must be kept, each arrival from the end of the message before it. Tests that share a thing of the product
    /// must run one after the other, so their chains are one.
    pub fn of(result: &Value, answer: Duration) -> Bound {
        let settings = &result["implementation"]["settings"];
        let jobs = settings["jobs"].as_str().and_then(|jobs| jobs.parse().ok()).unwrap_or(1);
        let quiet = milliseconds(settings["deadline quiet"].as_str().unwrap_or(""));
        let shares = shares();
        let mut chains: BTreeMap<String, (BTreeSet<String>, f64, Vec<String>)> = BTreeMap::new();
        for test in result["tests"].as_array().into_iter().flatten() {
            let id = test["id"].as_str().unwrap_or("").to_owned();
            let evidence: BTreeSet<String> = test["evidence"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|id| Some(id.as_str()?.to_owned()))
                .collect();
            let checks = test["checks"].as_array().into_iter().flatten();
            let silences =
                checks.filter(|check| check["found"].as_str().is_some_and(|found| found.starts_with("silence for")));
            let name = id.split('/').next().unwrap_or(&id);
            // Reviews refer to exchanges of other tests and send nothing.
            if name.contains("-RUN-") || test["evidence"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            let chain = chains.entry(shares.get(name).cloned().unwrap_or_else(|| id.clone())).or_default();
            chain.0.extend(evidence);
            chain.1 += silences.count() as f64 * quiet;
            chain.2.push(id);
        }
        let lengths = chains.into_values().map(|(evidence, silence, tests)| (busy(result, &evidence) + silence, tests));
        let (chain, tests) = lengths.max_by(|left, right| left.0.total_cmp(&right.0)).unwrap_or_default();
        let messages = result["counts"]["messages"]["sent"].as_u64().unwrap_or(0) as usize;
        Bound { messages, jobs, chain: chain / 1000.0, links: tests.join(", "), answer: answer.as_secs_f64() }
    }
}

/// Milliseconds in which something of this evidence was under way.
fn busy(result: &Value, evidence: &BTreeSet<String>) -> f64 {
    let mut intervals: Vec<(f64, f64)> = Vec::new();
    let mut arrivals: Vec<f64> = Vec::new();
    for exchange in evidence.iter().map(|id| &result["evidence"][id]) {
        let at = exchange["at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let Some(at) = at.map(|at| at.as_millisecond() as f64) else { continue };
        match exchange["direction"].as_str() {
            Some("sent") => intervals.push((at, at + exchange["took-ms"].as_f64().unwrap_or(0.0))),
            _ => arrivals.push(at),
        }
    }
    let ends: Vec<f64> = intervals.iter().map(|(_, end)| *end).collect();
    for arrival in arrivals {
        // A wait begins where the last message before it ended; a short one only, the rest is the queue's.
        let before = ends.iter().copied().filter(|end| *end < arrival).fold(f64::NEG_INFINITY, f64::max);
        let later = intervals.iter().any(|(start, end)| *start > before && *end < arrival);
        if before.is_finite() && !later {
            intervals.push((before, arrival));
        }
    }
    intervals.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut total, mut covered) = (0.0, f64::NEG_INFINITY);
    for (start, end) in intervals {
        total += (end - start.max(covered)).max(0.0);
        covered = covered.max(end);
    }
    total
}

fn milliseconds(words: &str) -> f64 {
    dci_conform::model::duration::parse(words).map_or(0.0, |length| length.as_secs_f64() * 1000.0)
}

/// Tests that share a thing of the product, by the thing.
fn shares() -> BTreeMap<String, String> {
    let files = Files::embedded();
    let Ok(standard) = Standard::load(&files, "dec2025") else { return BTreeMap::new() };
    let Ok(loaded) = profile::load(&files, "social-registry", &standard) else { return BTreeMap::new() };
    let things = |test: &profile::ast::Test| test.shares.first().map(|thing| (test.id.clone(), thing.clone()));
    loaded.profile.tests.iter().filter_map(|test| things(test)).collect()
}
