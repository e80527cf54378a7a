//! Cleaned dumps to record batches and Parquet files, and their checks. The only user of Arrow and Parquet.
//! Never knows HTML or a rule.

pub mod batch;
pub mod folder;
pub mod jsonschema;
pub mod manifest;
pub mod parts;
pub(crate) mod reuse;
pub mod schema;
pub mod settle;
pub(crate) mod sources;
pub mod table;
pub mod validate;

#[cfg(test)]
pub(crate) mod testing;

pub use batch::clean_batch;
pub use table::{BatchBuilder, Batches};
