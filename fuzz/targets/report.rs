//! Reads reports of tools, in every format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| poundlock_tests::fuzz::report(data));
