//! What an evaluation may still use.
//!
//! Steps are spent as work is done and bytes as memory is asked for, both before, and exhaustion is
//! an outcome that nothing in an expression can absorb. Costs in steps:
//!
//! | what | steps |
//! |---|---|
//! | any operator, call, literal, variable, field or index | 1 |
//! | an element or entry that a macro, `in`, a comparison or a function visits | 1 |
//! | looking text up with `in` in a list of nothing but constant texts | 1, and reading that text |
//! | text or bytes that are read, per 64 bytes begun | 1 |
//! | memory that is asked for, per 64 bytes begun | 1 |
//! | matching a regular expression, per 64 bytes of text begun | 1 to 64, by the size of the compiled expression |
//! | compiling a regular expression that is not a constant | 1,000, 10 for each byte, and 5,000 for each class such as `\w` or `\pL` |
//! | a time zone | 50 |
//! | sorting | what comparing each element with one other costs, times the binary logarithm of their number |

use super::datum::Stop;

/// The bytes of a value in a list; the same on every platform, so that budgets are as well.
pub(super) const VALUE: usize = 32;
/// The bytes of an entry in a map.
pub(super) const ENTRY: usize = 64;
/// The bytes that anything which is asked for takes besides its content.
const OVERHEAD: u64 = 16;

/// Steps and bytes that are left.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) steps: u64,
    pub(super) bytes: u64,
}

impl Meter {
    /// Spends steps.
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Stop> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(Stop::Exhausted)
            }
        }
    }

    /// Spends one step for each element.
    pub(super) fn visit(&mut self, elements: usize) -> Result<(), Stop> {
        self.spend(u64::try_from(elements).unwrap_or(u64::MAX))
    }

    /// Spends the steps of reading so many bytes.
    pub(super) fn read(&mut self, bytes: usize) -> Result<(), Stop> {
        self.visit(bytes.div_ceil(64))
    }

    /// Spends bytes, and the steps of filling them. Bytes count twice: what is made lies in a buffer that
    /// may be twice as large, or is copied once.
    pub(super) fn allocate(&mut self, bytes: usize) -> Result<(), Stop> {
        self.read(bytes)?;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let bytes = bytes.saturating_mul(2).saturating_add(OVERHEAD);
        match self.bytes.checked_sub(bytes) {
            Some(left) => {
                self.bytes = left;
                Ok(())
            }
            None => {
                self.bytes = 0;
                Err(Stop::Exhausted)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::datum::{Datum, Key},
        *,
    };

    #[test]
    fn values_are_no_larger_than_what_is_paid_for_them() {
        assert!(size_of::<Datum<'_>>() <= VALUE);
        assert!(size_of::<(Key<'_>, Datum<'_>)>() <= ENTRY);
    }
}
