//! The sandbox: an independent Social Registry, right by default and wrong on demand.
//!
//! It is its own reading of the standard and shares no code with the engine, so that the two can be set against each other.

pub mod faults;

pub use faults::{Fault, FaultInfo, faults};
