//! The words of the domain: verdicts and how they add up, an exchange as seen on the wire, the finished result.
//!
//! No input or output, and nothing of the other modules: everything else may speak these words.

pub mod duration;
pub mod exchange;
pub mod result;
pub mod text;
mod twice;
pub mod verdict;
