//! What a run can be told, with named defaults, units and sources.

use crate::finding::{Kind, named_enum};

named_enum! {
    /// What to prefer where a decision is close.
    Favor {
        /// Leave noise out, at the price of a sentence.
        Precision = "precision",
        /// Keep sentences, at the price of noise.
        Recall = "recall",
    }
}

/// Largest dump that is read, in bytes after decompression. An article of a million words has about 6 MB. Above it a dump is rejected as `too_large`.
pub const DEFAULT_MAX_DUMP_BYTES: u64 = 32 << 20;

/// Most bytes that one file may unpack to, all layers and members together. The largest text dumps that people share as
/// one file (a month of a forum, packed) unpack to some hundred gigabytes. Above it the rest is an `archive_bomb`.
pub const DEFAULT_MAX_UNPACKED_BYTES: u64 = 1 << 40;

/// How many times larger than its packed form content may be. Text packs to a third or a tenth of its size, a file of
/// one repeated letter to a thousandth. Near-copies of one page pack better than that, hence the floor under which the
/// ratio of a file of many dumps is not asked for (`RATIO_FLOOR_BYTES` in `input/limits.rs`).
pub const DEFAULT_MAX_RATIO: u64 = 100;

/// Most members that one archive may have, folders and links among them. The rest of it is an `archive_bomb`.
pub const DEFAULT_MAX_ENTRIES: u64 = 4_000_000;

/// Deepest nesting of elements that the parser is shown. Browsers stop at 512; html5ever is quadratic in it
/// (servo/html5ever issue 788).
pub const DEFAULT_MAX_DEPTH: usize = 512;

/// Most blocks that are judged one by one; what follows is one block.
pub const DEFAULT_MAX_BLOCKS: usize = 100_000;

/// Options of the cleaner: everything that changes what comes out of one dump.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What to prefer where a decision is close; none is the balance.
    pub favor: Option<Favor>,
    /// Kinds that stay in the text.
    pub keep: Vec<Kind>,
    /// Languages to keep (ISO 639-3); others are rejected as `filtered`. Empty: all.
    pub languages: Vec<String>,
    /// Fewest words of an article; shorter ones are rejected as `filtered`.
    pub min_words: u32,
    /// Bytes a dump.
    pub max_dump_bytes: u64,
    /// Elements nested in each other.
    pub max_depth: usize,
    /// Blocks a dump.
    pub max_blocks: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            favor: None,
            keep: Vec::new(),
            languages: Vec::new(),
            min_words: 0,
            max_dump_bytes: DEFAULT_MAX_DUMP_BYTES,
            max_depth: DEFAULT_MAX_DEPTH,
            max_blocks: DEFAULT_MAX_BLOCKS,
        }
    }
}
