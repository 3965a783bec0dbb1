//! What an explanation consists of.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of an expression that decided what it came to.
///
/// Results are written as CEL writes them (`7`, `'text'`, `[1, 2]`), cut short and without control
/// characters; or they are a word: `unknown` for what is not known until apply, `sensitive` for what must
/// not be seen, or the code of an error, such as `cel.no_such_key`. What is sensitive, or holds anything
/// sensitive or unknown, is never written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reason {
    /// The variable of the policy in whose expression this stands; absent for the validation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The source text.
    pub expression: String,
    /// The line in the expression at which it begins, counted from 1.
    pub line: u32,
    /// The column in characters at which it begins, counted from 1.
    pub column: u32,
    /// What it came to.
    pub result: String,
    /// For which elements of lists and maps, the outermost macro first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Element>,
    /// What went into it, but for constants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operands: Vec<Operand>,
    /// What else there is to say, such as how many elements were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The element that a macro had come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Element {
    /// The macro's variable, or both with a comma between.
    pub variable: String,
    /// The source text of the list or map.
    pub of: String,
    /// The index, counted from 0, or the key.
    pub at: String,
}

/// Something that went into a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operand {
    /// The source text.
    pub expression: String,
    /// What it came to.
    pub result: String,
}

impl fmt::Display for Reason {
    /// One line, such as `` `p < 1024` at 1:21 is false for p = object.ports[2]: p is 8080 ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(variable) = &self.variable {
            write!(f, "variable {variable}: ")?;
        }
        write!(f, "`{}` at {}:{} ", self.expression, self.line, self.column)?;
        let gives = if self.result.starts_with("cel.") { "gives" } else { "is" };
        write!(f, "{gives} {}", self.result)?;
        for (index, Element { variable, of, at }) in self.elements.iter().enumerate() {
            let between = if index == 0 { " for" } else { "," };
            write!(f, "{between} {variable} = {of}[{at}]")?;
        }
        if let Some(note) = &self.note {
            write!(f, " ({note})")?;
        }
        for (index, Operand { expression, result }) in self.operands.iter().enumerate() {
            let between = if index == 0 { ":" } else { "," };
            write!(f, "{between} {expression} is {result}")?;
        }
        Ok(())
    }
}
