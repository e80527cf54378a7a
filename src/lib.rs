//! copydesk turns raw article dumps into clean, typed Parquet for machine-learning work.
//!
//! The flow, in the order in which data passes through the modules:
//!
//! 1. [`input`] finds dumps (files, folders, rows) and hands out their bytes with what the source says of them.
//! 2. [`page`] decodes a dump and lays out its visible text as a [`page::Layout`] of blocks.
//! 3. [`language`] says what script and language a piece of text is in.
//! 4. [`judge`] turns the layout into [`finding::Finding`]s: what is to be dropped, lifted, copied, kept or repaired.
//! 5. [`article`] applies the findings and builds the typed [`article::Article`].
//! 6. [`cleaner`] is those steps as one total, pure function: [`cleaner::Cleaner::clean`].
//! 7. [`dataset`] turns cleaned dumps into record batches and Parquet files, and checks them.
//! 8. [`pipeline`] wires it all over threads; [`show`] prints results for people.
//!
//! Nothing vanishes: each character of a layout that is not white space is kept, dropped or lifted,
//! and each one that is dropped or lifted stands in a row of `removals` with a named reason.

pub mod dates;
pub mod digest;
pub mod error;
pub mod finding;
pub mod options;

pub mod input;
pub mod page;

pub mod language;

pub mod judge;

pub mod article;

pub mod cleaner;

pub mod dataset;
pub mod pipeline;
pub mod show;

pub use cleaner::{Cleaned, Cleaner};
pub use error::{Error, ErrorKind};
pub use input::{Dump, Hints, Media, SourceFormat};
pub use options::Options;

/// The library example of README.md, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
