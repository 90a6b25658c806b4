//! dci-conform: the open conformance test suite for the Digital Convergence Initiative (DCI) standards.
//!
//! The way of a run, one direction only: profile → plan → run → result → report. ARCHITECTURE.md has the map.

pub mod cli;
pub mod digest;
pub mod engine;
pub mod implementation;
pub mod model;
pub mod profile;
pub mod proof;
pub mod records;
pub mod report;
pub mod sandbox;
pub mod source;
pub mod standard;
pub mod traffic;
pub mod transport;
