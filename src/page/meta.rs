//! Stub.
use super::tree::Tree; use crate::finding::Field;
/// x
#[derive(Debug, Clone, Default)]
pub struct Meta {}
/// x
pub struct Entry<'a> { /// x
 pub field: Field, /// x
 pub value: &'a str, /// x
 pub is_json_ld: bool }
/// x
pub fn collect(_tree: &Tree) -> Meta { Meta{} }
impl Meta { /// x
 pub fn titles(&self) -> impl Iterator<Item=&str> { std::iter::empty() }
 /// x
 pub fn entries(&self) -> impl Iterator<Item=Entry<'_>> { std::iter::empty() }
 /// x
 pub fn is_paywalled(&self) -> bool { false }
 /// x
 pub fn is_tdm_reserved(&self) -> bool { false } }
