//! `format`: text with clauses such as `%s`, `%d` or `%.3f`.

use std::fmt::Write;

use super::{
    datum::{Datum, Eval, List, Map, Stop},
    meter::{self, Meter},
    moment,
};

const INVALID: Stop = Stop::error("cel.invalid_argument");
/// The most digits after the point.
const PRECISION: usize = 1000;

pub(super) fn format<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(template), Datum::List(values)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let mut output = Output { text: String::new(), meter };
    let mut next = 0_usize;
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        output.push(before)?;
        if let Some(after) = after.strip_prefix('%') {
            output.push("%")?;
            rest = after;
            continue;
        }
        let mut clause = after;
        let precision = match clause.strip_prefix('.') {
            Some(digits) => {
                let end = digits.bytes().take_while(u8::is_ascii_digit).count();
                let (number, after) = digits.split_at_checked(end).ok_or(INVALID)?;
                clause = after;
                Some(number.parse().ok().filter(|digits| *digits <= PRECISION).ok_or(INVALID)?)
            }
            None => None,
        };
        let verb = clause.chars().next().ok_or(INVALID)?;
        rest = clause.get(verb.len_utf8()..).unwrap_or_default();
        let value = values.get(next).ok_or(INVALID)??;
        next = next.saturating_add(1);
        output.clause(verb, precision, &value)?;
    }
    output.push(rest)?;
    // A value without a clause is a mistake of whoever wrote the template.
    if next < values.len() {
        return Err(INVALID);
    }
    Ok(Datum::text(output.text.into_boxed_str()))
}

struct Output<'m> {
    text: String,
    meter: &'m mut Meter,
}

impl Output<'_> {
    fn push(&mut self, text: &str) -> Result<(), Stop> {
        self.meter.allocate(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    fn clause(
        &mut self,
        verb: char,
        precision: Option<usize>,
        value: &Datum<'_>,
    ) -> Result<(), Stop> {
        if let Datum::Double(number) = value
            && !number.is_finite()
            && matches!(verb, 'd' | 'f' | 'e' | 's')
        {
            return self.push(not_finite(*number));
        }
        match (verb, value) {
            ('s', value) => self.value(value),
            ('d', Datum::Int(value)) => self.push(&value.to_string()),
            ('d', Datum::Uint(value)) => self.push(&value.to_string()),
            ('d', Datum::Double(value)) => self.push(&value.to_string()),
            ('f' | 'e', value) => {
                let number = match value {
                    Datum::Double(value) => *value,
                    Datum::Int(value) => *value as f64,
                    Datum::Uint(value) => *value as f64,
                    _ => return Err(Stop::no_such_overload()),
                };
                let precision = precision.unwrap_or(6);
                if verb == 'f' {
                    return self.push(&format!("{number:.precision$}"));
                }
                let text = format!("{number:.precision$e}");
                let (digits, exponent) = text.split_once('e').ok_or(INVALID)?;
                let (sign, exponent) = match exponent.strip_prefix('-') {
                    Some(exponent) => ('-', exponent),
                    None => ('+', exponent),
                };
                self.push(&format!("{digits}e{sign}{exponent:0>2}"))
            }
            ('b', Datum::Bool(value)) => self.push(if *value { "1" } else { "0" }),
            ('b' | 'o' | 'x' | 'X', Datum::Int(value)) => {
                if *value < 0 {
                    self.push("-")?;
                }
                self.push(&radix(verb, value.unsigned_abs()))
            }
            ('b' | 'o' | 'x' | 'X', Datum::Uint(value)) => self.push(&radix(verb, *value)),
            ('x' | 'X', Datum::Text(text)) => self.hexadecimal(verb, text.as_str().as_bytes()),
            ('x' | 'X', Datum::Bytes(bytes)) => self.hexadecimal(verb, bytes.as_slice()),
            ('b' | 'o' | 'x' | 'X' | 'd', _) => Err(Stop::no_such_overload()),
            _ => Err(INVALID),
        }
    }

    fn hexadecimal(&mut self, verb: char, bytes: &[u8]) -> Result<(), Stop> {
        self.meter.allocate(bytes.len().saturating_mul(2))?;
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = match verb {
                'x' => write!(self.text, "{byte:02x}"),
                _ => write!(self.text, "{byte:02X}"),
            };
        }
        Ok(())
    }

    /// A value as `%s` writes it. Recursion is bounded by the depth of values.
    fn value(&mut self, value: &Datum<'_>) -> Result<(), Stop> {
        self.meter.spend(1)?;
        match value {
            Datum::Null => self.push("null"),
            Datum::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Datum::Int(value) => self.push(&value.to_string()),
            Datum::Uint(value) => self.push(&value.to_string()),
            Datum::Double(value) if !value.is_finite() => self.push(not_finite(*value)),
            Datum::Double(value) => self.push(&value.to_string()),
            Datum::Text(text) => self.push(text.as_str()),
            Datum::Bytes(bytes) => self.push(&String::from_utf8_lossy(bytes.as_slice())),
            Datum::Timestamp(at) => self.push(&moment::write_timestamp(*at)),
            Datum::Duration(length) => self.push(&moment::write_duration(*length)),
            Datum::Type(name) => self.push(name),
            Datum::List(list) => self.list(list),
            Datum::Map(map) => self.map(map),
            Datum::Optional(_) | Datum::Object(_) => Err(Stop::no_such_overload()),
        }
    }

    fn list(&mut self, list: &List<'_>) -> Result<(), Stop> {
        self.push("[")?;
        for index in 0..list.len() {
            if index > 0 {
                self.push(", ")?;
            }
            if let Some(element) = list.get(index) {
                self.value(&element?)?;
            }
        }
        self.push("]")
    }

    /// Entries in the order of their keys as written.
    fn map(&mut self, map: &Map<'_>) -> Result<(), Stop> {
        let mut entries = Vec::new();
        for (key, value) in map.entries() {
            let mut written = Output { text: String::new(), meter: self.meter };
            written.value(&key.datum())?;
            let key = written.text;
            self.meter.allocate(meter::ENTRY)?;
            entries.push((key, value?));
        }
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.push("{")?;
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            self.push(key)?;
            self.push(": ")?;
            self.value(value)?;
        }
        self.push("}")
    }
}

fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn radix(verb: char, value: u64) -> String {
    match verb {
        'b' => format!("{value:b}"),
        'o' => format!("{value:o}"),
        'x' => format!("{value:x}"),
        _ => format!("{value:X}"),
    }
}
