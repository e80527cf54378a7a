//! (stub)
use crate::page::tree::Tree;
/// stub
#[derive(Debug, Clone, Default)]
pub struct Meta {}
/// stub
pub fn collect(_tree: &Tree) -> Meta {
    Meta {}
}
