//! The profile language: files with positions become a typed [`ast::Profile`], every mistake reported at once.

pub mod ast;
pub mod sentence;
