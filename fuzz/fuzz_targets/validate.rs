//! See `tests/fuzz/checks.rs`.
#![no_main]

#[path = "../../tests/fuzz/checks.rs"]
mod checks;
#[path = "../../tests/laws/hold.rs"]
mod hold;

libfuzzer_sys::fuzz_target!(
    // Panics behind a fence are allowed: parsers of others run there. The fuzzer's own hook would end the process.
    init: drop(std::panic::take_hook()),
    |data: &[u8]| checks::check("validate", data)
);
