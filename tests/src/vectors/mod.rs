//! Conformance vectors: their files, what the library answers, and the comparison of the answers of
//! several languages. `tests/vectors/README.md` has the format.

mod judge;
mod record;
mod run;
mod text;
mod together;
mod work;

pub use judge::{Answers, Report, failed, judge};
pub use record::{File, Repeat, Step, Vector, read};
pub use run::{line, run};
pub use text::{compact, pretty};
pub use together::{begin, same};
pub use work::work;
