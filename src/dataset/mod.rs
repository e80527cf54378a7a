//! Cleaned dumps to record batches and Parquet files, and their checks. The only user of Arrow and Parquet.
//! Never knows HTML or a rule.

pub mod jsonschema;
pub mod schema;
pub mod validate;
