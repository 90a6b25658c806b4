//! Plans and runs a profile against a product, and gives verdicts.
//!
//! Profile and vendor's file in, a finished result out. Tells events to a listener; never prints, knows no colours.

mod actor;
pub mod authorisation;
mod bare;
mod blurred;
pub mod checks;
mod collections;
pub mod context;
mod counts;
pub mod evaluate;
pub mod events;
pub mod facts;
pub mod finish;
pub mod inbox;
pub mod judged;
mod known;
mod otherwise;
mod pairing;
pub mod paths;
mod patience;
pub mod plan;
mod predicates;
pub mod query;
mod recognise;
mod recorded;
pub mod replay;
mod review;
pub mod run;
pub mod scope;
mod sending;
pub mod session;
pub mod sets;
mod sorter;
pub mod stop;
pub mod values;
mod waiting;
pub mod world;
