//! Plans and runs a profile against a product, and gives verdicts.
//!
//! Profile and vendor's file in, a finished result out. Tells events to a listener; never prints, knows no colours.

pub mod evaluate;
pub mod paths;
pub mod query;
pub mod scope;
pub mod sets;
pub mod values;
