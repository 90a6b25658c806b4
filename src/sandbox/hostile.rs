//! The hostile faults: right answers to a sync search, put on the wire as no server should.

use super::State;
use super::faults::Fault;
use super::server::{Manner, Reply};
use std::io::Write;
use std::sync::OnceLock;

const UNPACKED: usize = 200 * 1024 * 1024;

impl State {
    /// Turns the reply to a sync search hostile where a fault says so.
    pub(crate) fn hostile(&self, reply: &mut Reply) {
        let faults = &self.faults;
        let manners = [
            (Fault::ConnectionDropped, Manner::Drop),
            (Fault::AnswerHangs, Manner::Hang),
            (Fault::AnswerFloods, Manner::Flood),
            (Fault::AnswerTrickles, Manner::Trickle),
            (Fault::LengthTooLong, Manner::LengthTooLong),
            (Fault::LengthTooShort, Manner::LengthTooShort),
        ];
        if let Some((_, manner)) = manners.iter().find(|(fault, _)| faults.has(*fault)) {
            reply.manner = *manner;
        }
        if faults.has(Fault::InvalidUtf8) {
            spoil_utf8(&mut reply.body);
        }
        if faults.has(Fault::NestedDeep) {
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            let deep = format!("\"meta\":{}{},\"version\"", "[".repeat(10_000), "]".repeat(9_999));
            reply.body = text.replacen("\"version\"", &deep, 1).into_bytes();
        }
        if faults.has(Fault::GzipBomb) {
            reply.headers.push(("content-encoding", "gzip".into()));
            reply.body = bomb().to_vec();
        }
        if faults.has(Fault::Redirects) {
            reply.status = 307;
            reply.headers.push(("location", "http://elsewhere.invalid/registry/sync/search".into()));
            reply.body.clear();
        }
        if faults.has(Fault::ResultWithStatus500) && reply.status == 200 {
            reply.status = 500;
        }
    }
}

/// Replaces the second half of the last text by bytes that are no UTF-8.
fn spoil_utf8(body: &mut Vec<u8>) {
    let at = body.iter().rposition(|byte| *byte == b'"').unwrap_or(body.len());
    body.splice(at..at, [0xC3, 0x28, 0xFF, 0xFE]);
}

/// A gzip body of blanks, made once.
fn bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let block = vec![b' '; 1024 * 1024];
        for _ in 0..UNPACKED / block.len() {
            if encoder.write_all(&block).is_err() {
                break;
            }
        }
        encoder.finish().unwrap_or_default()
    })
}
