//! Writes values for people: as CEL writes them, cut short, nothing that must not be seen.

use crate::cel::{
    convert,
    datum::{Datum, Eval, Stop},
    meter::Meter,
};

/// The most characters of a value that are written.
const CHARACTERS: usize = 80;
/// How deep lists and maps are written.
const DEPTH: usize = 3;

/// What an evaluation came to, as [`Reason`](super::Reason) says it; fails on exhaustion only.
pub(super) fn result(meter: &mut Meter, value: &Eval<'_>) -> Result<String, Stop> {
    Ok(match value {
        Ok(datum) => match datum.marks().check() {
            Ok(()) => {
                let mut shown = Shown { text: String::new(), left: CHARACTERS };
                meter.allocate(CHARACTERS)?;
                shown.value(meter, datum, 0)?;
                shown.text
            }
            Err(stop) => word(stop)?,
        },
        Err(stop) => word(*stop)?,
    })
}

/// The word for what has no value.
pub(super) fn word(stop: Stop) -> Result<String, Stop> {
    Ok(match stop {
        Stop::Exhausted => return Err(stop),
        Stop::Unknown { sensitive: false } => "unknown",
        Stop::Unknown { sensitive: true } => "sensitive",
        Stop::Error { code, .. } => code,
    }
    .to_owned())
}

/// Source text on one line, cut short.
pub(super) fn source(text: &str) -> String {
    const MOST: usize = 160;
    let mut shown = Shown { text: String::new(), left: MOST };
    let mut words = text.split(['\n', '\r', '\t']).map(str::trim).filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        shown.text(first);
    }
    for word in words {
        shown.text(" ");
        shown.text(word);
    }
    shown.text
}

struct Shown {
    text: String,
    /// How many more characters may be written; none once the text is cut.
    left: usize,
}

impl Shown {
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            if self.left == 0 {
                return;
            }
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.text.push('…');
            } else if character.is_control() || changes_lines(character) {
                self.text.extend(character.escape_default());
            } else {
                self.text.push(character);
            }
        }
    }

    fn value(&mut self, meter: &mut Meter, datum: &Datum<'_>, depth: usize) -> Result<(), Stop> {
        if self.left == 0 {
            return Ok(());
        }
        match datum {
            Datum::Null => self.text("null"),
            Datum::Text(text) => {
                self.text("'");
                self.quoted(text.as_str());
                self.text("'");
            }
            Datum::Bytes(bytes) => self.text(&format!("{} bytes", bytes.as_slice().len())),
            Datum::Uint(value) => self.text(&format!("{value}u")),
            Datum::Double(value) if value.fract() == 0.0 => {
                self.text(&format!("{value:?}"));
            }
            Datum::Type(name) => self.text(name),
            Datum::Optional(None) => self.text("optional.none()"),
            Datum::List(_) | Datum::Map(_) | Datum::Optional(_) if depth >= DEPTH => self.text("…"),
            Datum::Optional(Some(value)) => {
                self.text("optional.of(");
                self.value(meter, value, depth.saturating_add(1))?;
                self.text(")");
            }
            Datum::List(list) => {
                self.text("[");
                for index in 0..list.len() {
                    let Some(Ok(element)) = list.get(index).filter(|_| self.left > 0) else {
                        break;
                    };
                    if index > 0 {
                        self.text(", ");
                    }
                    meter.spend(1)?;
                    self.value(meter, &element, depth.saturating_add(1))?;
                }
                self.text("]");
            }
            Datum::Map(map) => {
                self.text("{");
                for (index, (key, value)) in map.entries().enumerate() {
                    let Some(value) = value.ok().filter(|_| self.left > 0) else { break };
                    if index > 0 {
                        self.text(", ");
                    }
                    meter.spend(1)?;
                    self.value(meter, &key.datum(), depth.saturating_add(1))?;
                    self.text(": ");
                    self.value(meter, &value, depth.saturating_add(1))?;
                }
                self.text("}");
            }
            other => match convert::string(meter, std::slice::from_ref(other)) {
                Ok(Datum::Text(text)) => match other {
                    Datum::Bool(_) | Datum::Int(_) | Datum::Double(_) => self.text(text.as_str()),
                    _ => self.text(&format!("'{}'", text.as_str())),
                },
                Err(Stop::Exhausted) => return Err(Stop::Exhausted),
                _ => match other {
                    Datum::Object(object) => {
                        let number = object.number();
                        self.text(number.as_deref().unwrap_or(object.type_name()));
                    }
                    other => self.text(other.type_name()),
                },
            },
        }
        Ok(())
    }

    /// No more of a text than can be shown is read.
    fn quoted(&mut self, text: &str) {
        for character in text.chars().take(self.left) {
            match character {
                '\'' => self.text("\\'"),
                '\\' => self.text("\\\\"),
                other => self.text(other.encode_utf8(&mut [0; 4])),
            }
        }
    }
}

/// Whether the character changes the direction or the lines of the text around it.
fn changes_lines(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}
