//! Findings to an article: applies them to the layout, gathers the typed fields, invents nothing.
//! Never knows Arrow or HTML.

pub mod assemble;
mod authors;
mod bylines;
pub mod candidates;
pub mod counts;
mod days;
pub mod names;
pub mod record;
pub mod repair;
mod shown;

pub use record::{Article, Moment, ParagraphKind, Reject, RejectCode, RejectStatus, Source};
