//! The Rust runner of the conformance vectors, and the judge of what the runners of all languages print.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what it prints is its answer")]

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use poundlock_tests::vectors::{Answers, begin, judge, line, read, same, work};

const USAGE: &str = "usage: runner DIRECTORY
       runner work LEDGER FILE
       runner judge DIRECTORY LANGUAGE=FILE…
       runner begin DIRECTORY LANGUAGE…
       runner same LEDGER LEDGER

  DIRECTORY  carry out the vectors below it, and print one line for each
  work       open the ledger in that directory, and admit or record what the file asks
  judge      compare what the runners of these languages printed, with each other and with what is expected
  begin      make the ledgers `together` and `rust-alone` in a directory, and what each language asks
  same       verify both ledgers, and compare the bodies of their entries";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["work", ledger, file] => {
            work(Path::new(ledger), Path::new(file), |answer| println!("{answer}"))
        }
        ["judge", directory, languages @ ..] if !languages.is_empty() => {
            compare(Path::new(directory), languages)
        }
        ["begin", directory, languages @ ..] => begin(Path::new(directory), languages),
        ["same", together, alone] => {
            same(Path::new(together), Path::new(alone)).map(|what| println!("{what}"))
        }
        [directory] => print(Path::new(directory)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            if !what.is_empty() {
                eprintln!("{what}");
            }
            ExitCode::FAILURE
        }
    }
}

fn print(directory: &Path) -> Result<(), String> {
    let mut output = io::stdout().lock();
    for file in read(directory)? {
        for vector in &file.vectors {
            let line = line(&file, vector)?;
            writeln!(output, "{line}").map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

fn compare(directory: &Path, languages: &[&str]) -> Result<(), String> {
    let files = read(directory)?;
    let mut answers = Vec::new();
    for language in languages {
        let (language, file) = language.split_once('=').ok_or(USAGE)?;
        // What a runner printed before it failed is compared all the same.
        let output = fs::read(file).unwrap_or_default();
        answers.push(Answers::read(language, &String::from_utf8_lossy(&output)));
    }
    let report = judge(&files, answers);
    for difference in &report.differences {
        println!("{difference}");
    }
    println!("{} passed, {} failed", report.passed, report.failed);
    if report.failed == 0 { Ok(()) } else { Err(String::new()) }
}
