//! Reads documents: JSON, YAML, policy packs and plans.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| poundlock_tests::fuzz::document(data));
