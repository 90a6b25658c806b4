//! The profile language: files with positions become a typed [`ast::Profile`], every mistake reported at once.

pub mod ast;
mod load;
mod names;
mod read;
pub mod sentence;

pub use load::{Loaded, Summary, list, load};
pub use names::StandardNames;

#[cfg(test)]
mod sample;
