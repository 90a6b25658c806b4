//! Why no answer came, in words: the error of the HTTP library turned into a finding about the product.
//!
//! The words are ours: an error text of a library may hold addresses, and a product's own bytes.

use crate::model::duration;
use crate::model::exchange::{NoAnswer, NoAnswerKind};
use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// What the HTTP library knows about its own error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// The name could not be resolved.
    pub dns: bool,
    /// The connection was still being opened.
    pub connecting: bool,
    /// A time limit struck.
    pub timeout: bool,
}

/// Words found in the sources of an error, the kind they mean, and how we say it. The first that fits counts.
const KNOWN: &[(&str, NoAnswerKind, &str)] = &[
    ("unknownissuer", NoAnswerKind::Tls, "TLS: the certificate is not trusted: its issuer is unknown to this machine"),
    ("unknown issuer", NoAnswerKind::Tls, "TLS: the certificate is not trusted: its issuer is unknown to this machine"),
    ("certificate expired", NoAnswerKind::Tls, "TLS: the certificate has expired"),
    ("certificate: expired", NoAnswerKind::Tls, "TLS: the certificate has expired"),
    ("certificate not valid yet", NoAnswerKind::Tls, "TLS: the certificate is not valid yet"),
    ("notvalidyet", NoAnswerKind::Tls, "TLS: the certificate is not valid yet"),
    ("not valid for name", NoAnswerKind::Tls, "TLS: the certificate is for another name"),
    ("notvalidforname", NoAnswerKind::Tls, "TLS: the certificate is for another name"),
    ("revoked", NoAnswerKind::Tls, "TLS: the certificate has been revoked"),
    ("invalid peer certificate", NoAnswerKind::Tls, "TLS: the certificate is not acceptable"),
    ("received fatal alert", NoAnswerKind::Tls, "TLS: the product refused the connection"),
    ("received corrupt message", NoAnswerKind::Tls, "TLS: what came is not TLS; is the address plain http?"),
    ("peer is incompatible", NoAnswerKind::Tls, "TLS: no version or cipher in common"),
    ("tls handshake eof", NoAnswerKind::Tls, "TLS: the connection was closed during the handshake"),
    ("message head is too large", NoAnswerKind::TooLarge, "the header of the answer is larger than the suite reads"),
    ("invalid http version", NoAnswerKind::Malformed, "what came is not HTTP/1.1"),
    ("invalid http header", NoAnswerKind::Malformed, "a header field of the answer cannot be read"),
    ("invalid content-length", NoAnswerKind::Malformed, "the Content-Length of the answer cannot be read"),
    ("unexpected transfer-encoding", NoAnswerKind::Malformed, "the Transfer-Encoding of the answer cannot be read"),
    ("invalid http status", NoAnswerKind::Malformed, "the status of the answer cannot be read"),
    ("connection closed before message completed", NoAnswerKind::Closed, CLOSED),
    ("unsuccessful tunnel", NoAnswerKind::Connect, "the proxy of this machine refused to open the connection"),
];

const CLOSED: &str = "the connection was closed before an answer came";

/// What is told where our own machine fails, and what helps.
const EXHAUSTED: &str = "not sent: this machine could not open a connection; fewer at a time (--jobs) or more open files \
                         (ulimit -n) may help";

/// True for an error that is our own machine's: no more files, ports or memory. The system's numbers have no name in the
/// standard library.
pub fn is_ours(error: &std::io::Error) -> bool {
    /// Too many open files, of the system and of the process; and no room for buffers.
    const NUMBERS: &[i32] = if cfg!(target_os = "linux") {
        &[23, 24, 105]
    } else if cfg!(windows) {
        &[10024, 10055]
    } else {
        &[23, 24, 55]
    };
    error.raw_os_error().is_some_and(|number| NUMBERS.contains(&number))
        || matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::OutOfMemory | ErrorKind::WouldBlock)
}

/// That our own machine could not open a connection.
pub fn exhausted() -> NoAnswer {
    no_answer(NoAnswerKind::Exhausted, EXHAUSTED)
}

/// Turns an error of the HTTP library into a finding.
pub fn explain(error: &(dyn Error + 'static), hints: Hints, connect_timeout: Duration) -> NoAnswer {
    let sources = sources(error);
    let system = sources.iter().rev().find_map(|source| source.downcast_ref::<std::io::Error>());
    if system.is_some_and(is_ours) {
        return exhausted();
    }
    if hints.timeout {
        return late("the connection was not opened", connect_timeout);
    }
    if hints.dns {
        return no_answer(NoAnswerKind::Dns, "the host name could not be resolved");
    }
    let text = sources.iter().map(|source| source.to_string().to_ascii_lowercase()).collect::<Vec<_>>().join("\n");
    if let Some((_, kind, words)) = KNOWN.iter().find(|(sign, _, _)| text.contains(sign)) {
        return no_answer(*kind, words);
    }
    match (system.map(std::io::Error::kind), hints.connecting) {
        (Some(ErrorKind::ConnectionRefused), _) => {
            no_answer(NoAnswerKind::Connect, "the connection was refused: nothing listens at this address and port")
        }
        (Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable), _) => {
            no_answer(NoAnswerKind::Connect, "the host or its network cannot be reached")
        }
        (Some(ErrorKind::ConnectionReset), false) => {
            no_answer(NoAnswerKind::Closed, "the connection was reset before an answer came")
        }
        (_, true) => no_answer(NoAnswerKind::Connect, "the connection could not be opened"),
        (_, false) => no_answer(NoAnswerKind::Closed, CLOSED),
    }
}

/// A time limit that struck: what had not happened, and the limit.
pub fn late(what: &str, limit: Duration) -> NoAnswer {
    no_answer(NoAnswerKind::Timeout, &format!("{what} within {}", duration::words(limit)))
}

/// A finding of a kind.
pub fn no_answer(kind: NoAnswerKind, detail: &str) -> NoAnswer {
    NoAnswer { kind, detail: detail.to_owned() }
}

/// An error and all its sources, outermost first; bounded, since a chain may be of any length.
fn sources<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source()).take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn explained(error: io::Error, connecting: bool) -> NoAnswer {
        explain(&error, Hints { connecting, ..Hints::default() }, Duration::from_secs(1))
    }

    #[test]
    fn certificates_are_told_apart() {
        for (text, words) in [
            ("invalid peer certificate: UnknownIssuer", "not trusted"),
            ("invalid peer certificate: certificate expired: verification time 1", "expired"),
            ("invalid peer certificate: certificate not valid for name \"a\"; valid for b", "another name"),
            ("invalid peer certificate: BadSignature", "not acceptable"),
        ] {
            let found = explained(io::Error::new(ErrorKind::InvalidData, text), true);
            assert_eq!(found.kind, NoAnswerKind::Tls);
            assert!(found.detail.contains(words), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_this_machine_lacks_is_not_the_products() {
        // Too many open files, in any way it may be told: under a name that does not resolve, too.
        for (error, hints) in [
            (io::Error::from_raw_os_error(if cfg!(windows) { 10024 } else { 24 }), Hints::default()),
            (ErrorKind::AddrNotAvailable.into(), Hints { connecting: true, ..Hints::default() }),
            (ErrorKind::OutOfMemory.into(), Hints { dns: true, ..Hints::default() }),
        ] {
            let found = explain(&error, hints, Duration::from_secs(1));
            assert_eq!(found.kind, NoAnswerKind::Exhausted, "{error:?}");
            assert!(found.detail.contains("--jobs"));
        }
    }

    #[test]
    fn what_is_not_known_still_gets_a_kind() {
        assert_eq!(explained(ErrorKind::ConnectionRefused.into(), true).kind, NoAnswerKind::Connect);
        assert_eq!(explained(ErrorKind::ConnectionReset.into(), false).kind, NoAnswerKind::Closed);
        assert_eq!(explained(ErrorKind::Other.into(), true).kind, NoAnswerKind::Connect);
        assert_eq!(explained(ErrorKind::Other.into(), false).kind, NoAnswerKind::Closed);
    }
}
