//! JSON text with and without white space; all else in it stays as it is.

/// The text without the white space between its tokens.
pub fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    walk(json, |token, _| text.push(token));
    text
}

/// The text with a line for each member and element, indented by two spaces a level.
pub fn pretty(json: &str) -> String {
    let mut text = String::with_capacity(json.len().saturating_mul(2));
    let mut level = 0_usize;
    let mut opened = false;
    let line = |text: &mut String, level: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", level));
    };
    walk(json, |token, in_string| {
        if in_string {
            if std::mem::take(&mut opened) {
                line(&mut text, level);
            }
            return text.push(token);
        }
        match token {
            '}' | ']' => {
                level = level.saturating_sub(1);
                if !std::mem::take(&mut opened) {
                    line(&mut text, level);
                }
                text.push(token);
            }
            ',' => {
                text.push(token);
                line(&mut text, level);
            }
            ':' => text.push_str(": "),
            _ => {
                if std::mem::take(&mut opened) {
                    line(&mut text, level);
                }
                text.push(token);
                if matches!(token, '{' | '[') {
                    level = level.saturating_add(1);
                    opened = true;
                }
            }
        }
    });
    text
}

/// Hands over every character but the white space between tokens, and whether it belongs to a string.
fn walk(json: &str, mut each: impl FnMut(char, bool)) {
    let (mut in_string, mut escaped) = (false, false);
    for token in json.chars() {
        if in_string {
            each(token, true);
            in_string = escaped || token != '"';
            escaped = !escaped && token == '\\';
        } else if !matches!(token, ' ' | '\t' | '\n' | '\r') {
            in_string = token == '"';
            each(token, in_string);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_all_else_stays() {
        let json = r#" [ {"a" : " {\"b\\", "c": [ 1.0, "\\\\", { } ] }, null ] "#;
        assert_eq!(compact(json), r#"[{"a":" {\"b\\","c":[1.0,"\\\\",{}]},null]"#);
    }

    #[test]
    fn the_usual_form_is_that_of_serde_json() {
        let json = r#"[{"a":" {\"b\\","c":[1.0,"\\\\",{},[],[[]]]},null,{"d":{}},"x",[]]"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(pretty(json), serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(compact(&pretty(json)), json);
    }
}
