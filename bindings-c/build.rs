//! Gives the shared library the name that programs look for: it changes with the binary interface.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // The number is POUNDLOCK_ABI_VERSION.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpoundlock.so.1");
    }
}
