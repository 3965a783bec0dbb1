//! Runs cases of the CEL specification's conformance suite, one JSON object on each line of a file
//! (see [`poundlock::cel::conformance`]). Prints each case that fails and, as the last line, how many
//! passed and failed. Exit code 0 if none failed, else 1, also where there was nothing to run.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{env, fs, process::ExitCode};

use poundlock::{Error, cel::conformance::Case};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: cel-cases FILE");
        return ExitCode::from(2);
    };
    let content = match fs::read(&path) {
        Ok(content) => content,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for (number, line) in (1_u64..).zip(content.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match run(line) {
            Ok(None) => passed = passed.saturating_add(1),
            Ok(Some(report)) => {
                println!("{report}");
                failed = failed.saturating_add(1);
            }
            Err(error) => {
                println!("{}:{number}: {error}", path.display());
                failed = failed.saturating_add(1);
            }
        }
    }
    if passed == 0 && failed == 0 {
        eprintln!("{}: there is no case in this file", path.display());
        return ExitCode::FAILURE;
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What there is to say of a case that fails.
fn run(line: &[u8]) -> Result<Option<String>, Error> {
    let case = Case::read(&String::from_utf8_lossy(line))?;
    let verdict = case.run();
    Ok((!verdict.passed).then(|| {
        let (expression, wanted) = (shortened(case.expression()), shortened(&case.wanted()));
        let got = shortened(&verdict.got);
        format!("{}\n  {expression}\n  wanted {wanted}\n  got    {got}", case.place())
    }))
}

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 2000;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
