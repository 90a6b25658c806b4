//! The profile language: files with positions become a typed [`ast::Profile`], every mistake reported at once.

pub mod ast;
pub mod coverage;
pub mod doc;
pub mod explain;
mod lint;
mod load;
mod names;
pub mod new;
mod read;
pub mod schema;
pub mod sentence;

pub use lint::lint;
pub use load::{Identity, Loaded, Summary, identity, list, load};
pub use names::StandardNames;

#[cfg(test)]
mod sample;
