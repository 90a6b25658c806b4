//! dci-conform: the open conformance test suite for the Digital Convergence Initiative (DCI) standards.
//!
//! The way of a run, one direction only: profile → plan → run → result → report. ARCHITECTURE.md has the map.

pub mod implementation;
pub mod model;
pub mod profile;
pub mod source;
pub mod transport;
