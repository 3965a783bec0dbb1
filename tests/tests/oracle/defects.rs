//! Where the other interpreter is wrong, and why the specification is on our side.

use crate::interpreters::Answer;

/// A defect of the other interpreter.
pub(crate) struct Defect {
    pub(crate) because: &'static str,
    /// An expression that shows it, whatever the document.
    pub(crate) witness: &'static str,
    /// Whether it explains a difference: the expression, our answer and theirs.
    pub(crate) explains: fn(&str, &Answer, &Answer) -> bool,
}

pub(crate) const KNOWN: &[Defect] = &[
    Defect {
        because: "doubles are written with all their zeros; the specification's suite writes them as Go does, with an exponent",
        witness: "string(1e300)",
        explains: |_, here, there| match (here, there) {
            (Answer::Text(here), Answer::Text(there)) => {
                let number = |text: &str| text.parse::<f64>().ok();
                number(here).is_some() && number(here) == number(there)
            }
            _ => false,
        },
    },
    Defect {
        because: "comparing with not-a-number fails; it is false (IEEE 754, which the specification names)",
        witness: "math.sqrt(-1.0) < 1.0",
        explains: |source, here, there| {
            *here != Answer::Error && *there == Answer::Error && source.contains("math.sqrt")
        },
    },
    Defect {
        because: "the other side of `or` and `orValue` is evaluated where it does not matter, and may fail",
        witness: "optional.of(true).orValue(1 / 0 == 1)",
        explains: |source, here, there| {
            *here != Answer::Error && *there == Answer::Error && source.contains(".or")
        },
    },
];
