//! Text with positions: the files of a profile, the YAML tree, diagnostics and suggestions.
//!
//! Nothing here knows what a profile is; it reads text and says where things stand.

pub mod diagnostic;
pub mod files;
pub mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity};
pub use files::Files;
pub use yaml::{Kind, Node};
