//! Parses, checks, compiles and evaluates expressions.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| poundlock_tests::fuzz::expression(data));
