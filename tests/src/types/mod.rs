//! The types of other languages, made from the JSON Schemas of [`poundlock::wire::schema`]: a model that knows no
//! language, and a writer for each.

pub mod go;
pub mod model;
pub mod python;
pub mod typescript;

pub use model::Model;

/// What each generated file says of itself.
const NOTICE: &str = "Made from the JSON Schemas in docs/schema; change the Rust types and run the tests with POUNDLOCK_UPDATE=1.";

/// The words of a name such as `oldObject`, `no-op` or `TestDocument`, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        fresh = false;
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

/// A text in lines of at most so many characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, paragraph) in text.split("\n\n").enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("oldObject"), ["old", "object"]);
        assert_eq!(words("TestDocument"), ["test", "document"]);
        assert_eq!(words("delete-create"), ["delete", "create"]);
    }

    #[test]
    fn long_lines_break_between_words() {
        assert_eq!(wrap("one two three\n\nfour", 8), ["one two", "three", "", "four"]);
    }
}
