//! The `poundlock` command: a thin shell over the `poundlock` crate.
//!
//! It reads files and the clock, calls the library, prints for people or programs, and exits with 0
//! (allowed, or done), 1 (denied, or tests failed) or 2 (no answer could be given).
#![forbid(unsafe_code)]

mod args;
mod commands;
mod files;
mod output;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{args::Arguments, output::Answer};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = arguments.format;
    match commands::run(arguments) {
        Ok(Answer { output, notices, code }) => {
            for notice in &notices {
                output::notice(notice);
            }
            output::print(&output, format);
            ExitCode::from(code)
        }
        Err(error) => {
            output::error(&error, format);
            ExitCode::from(output::CODE_ERROR)
        }
    }
}
