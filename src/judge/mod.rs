//! Layout to findings. (Under construction: the rule registry and the detectors move in here.)

pub mod structure;

use crate::error::Result;

/// The compiled rules.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {}

impl RuleSet {
    /// The rules that ship with the program.
    pub fn builtin() -> Self {
        Self::default()
    }
    /// Adds a user's rules file, already read; `source` names it in errors.
    ///
    /// # Errors
    /// If the TOML does not load or a rule breaks a law of the registry.
    pub fn extend(self, _source: &str, _toml: &str) -> Result<Self> {
        Ok(self)
    }
    /// Keeps only what `select` names (ids, or families ending in `/`; empty: all) and leaves out what `ignore` names.
    ///
    /// # Errors
    /// If a name fits no rule.
    pub fn select(self, _select: &[String], _ignore: &[String]) -> Result<Self> {
        Ok(self)
    }
    /// SHA-256 over the canonical form of the active rules, 64 hex digits.
    pub fn digest(&self) -> String {
        String::new()
    }
}
