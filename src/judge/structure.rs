//! Stub.
use crate::finding::Kind; use crate::options::Favor; use crate::page::{Layout, tree::Tree};
/// x
pub struct Verdict { /// x
 pub is_article: f32, /// x
 pub kind: Kind }
/// x
pub fn judge_structure(l: &Layout, _t: &Tree, _f: Option<Favor>) -> Vec<Verdict> { l.blocks.iter().map(|_| Verdict{is_article:1.0, kind: Kind::Boilerplate}).collect() }
