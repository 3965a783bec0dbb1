//! The `poundlock` command: a thin shell over the `poundlock` crate.
//!
//! It reads files and the clock, calls the library, prints for people or programs, and exits with 0
//! (allowed, or done), 1 (denied, or tests failed) or 2 (no answer could be given).
#![forbid(unsafe_code)]

mod args;
mod ci;
mod commands;
mod files;
mod keys;
mod output;
mod render;

use std::process::ExitCode;

use clap::Parser as _;
use poundlock::{Error, error::Code};

use crate::{
    args::{Arguments, Format},
    output::Answer,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help, the version, and mistakes for people to read.
        Err(problem) if !problem.use_stderr() || !asks_for_json() => problem.exit(),
        Err(problem) => {
            let message = problem.to_string();
            let message = message.trim_start_matches("error: ").lines().next().unwrap_or_default();
            return fail(&Error::new(Code::InputInvalidValue, message), Format::Json);
        }
    };
    let format = arguments.format;
    let answer = commands::run(arguments).and_then(|Answer { output, notices, code }| {
        for notice in &notices {
            output::notice(notice);
        }
        output::print(&output, format)?;
        Ok(code)
    });
    match answer {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(&error, format),
    }
}

fn fail(error: &Error, format: Format) -> ExitCode {
    output::error(error, format);
    ExitCode::from(output::CODE_ERROR)
}

/// Whether a program asks, as far as arguments that are mistaken can tell.
fn asks_for_json() -> bool {
    let arguments: Vec<_> = std::env::args_os().collect();
    arguments.iter().any(|argument| argument == "--format=json")
        || arguments
            .windows(2)
            .any(|pair| matches!(pair, [name, value] if name == "--format" && value == "json"))
}
