//! Findings to an article: applies them to the layout, gathers the typed fields, invents nothing.
//! Never knows Arrow or HTML.

pub mod dates;
pub mod record;
pub mod repair;

pub use record::{Article, Moment, ParagraphKind, Reject, RejectCode, RejectStatus, Source};
