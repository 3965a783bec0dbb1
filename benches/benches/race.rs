//! Work that takes turns in one run, so that a busy machine slows all of it alike.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// Whether a part of the benchmark is to run: one that is asked for by name, or any where none is.
pub(crate) fn is_wanted(part: &str) -> bool {
    let mut asked = std::env::args().skip(1).filter(|it| !it.starts_with('-')).peekable();
    asked.peek().is_none() || asked.any(|asked| asked == part)
}

/// Whether `cargo test --benches` runs this: a benchmark is not a test.
pub(crate) fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// The least time that each of several kinds of work takes, in rounds that take turns.
pub(crate) fn race<const N: usize>(
    rounds: usize,
    mut work: [&mut dyn FnMut() -> Duration; N],
) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..rounds {
        for (least, work) in least.iter_mut().zip(&mut work) {
            *least = least.min(work().as_secs_f64());
        }
    }
    least
}

/// How long work takes; what it makes is dropped afterwards.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    let made = black_box(work());
    let elapsed = begin.elapsed();
    drop(made);
    elapsed
}
