//! Bytes in and out: the bounded HTTP client, the raw client, the callback listener, and redaction.
//!
//! Knows HTTP and nothing of the standard. The system on the other side is taken to be hostile: time, memory and
//! output are bounded everywhere, and whatever goes wrong becomes an [`crate::model::exchange::Answer`], not an error.

pub mod arrivals;
pub mod content;
mod encoding;
pub mod http_client;
pub mod listener;
pub mod no_answer;
pub mod pace;
mod patient_stream;
pub mod raw_client;
pub mod redact;
pub mod token;

pub use arrivals::{Arrival, ArrivalLimits, ArrivalLog};
pub use http_client::{Client, ClientOptions, Outgoing, Received};
pub use listener::{Listener, ScriptedAnswer};
pub use pace::Pace;
pub use redact::Redactor;
pub use token::{TokenRequest, TokenSource};

use std::net::SocketAddr;

/// Why the suite's own side of the wire could not be set up. Findings about the product are never errors.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The HTTP client could not be built.
    #[error(
        "the HTTP client could not be set up: {reason}\nhelp: check this machine's certificate store and proxy settings"
    )]
    Client {
        /// What the HTTP library says.
        reason: String,
    },
    /// The port of the callback listener is taken.
    #[error(
        "cannot listen on {address}: the port is in use\nhelp: stop the program that uses it, or choose another port; port 0 takes any free one"
    )]
    PortInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The callback listener could not be opened for another reason.
    #[error("cannot listen on {address}: {reason}\nhelp: choose an address of this machine, such as 127.0.0.1:0")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
}
