//! Which numbers each test says that it shows.
//!
//! A test in Rust, JavaScript, TypeScript or Go has `// Requirements: R001, R002.` above it, one in Python and
//! a policy of a pack `# Requirements: R001.`, and a scenario the list `requirements: [R001]`.

use std::{fs, path::Path};

use super::{Shown, files, relative};

/// A test, as a reader finds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    pub(super) path: String,
    pub(super) name: String,
}

/// Where tests are written down.
const DIRECTORIES: [&str; 8] =
    ["bindings-c", "bindings-node", "bindings-python", "cli", "core", "policies", "tests", "xtask"];

const ENDINGS: [&str; 7] = [".rs", ".py", ".js", ".mjs", ".ts", ".go", ".yaml"];

/// What stands before the numbers, after the sign of a comment.
const WORD: &str = "Requirements: ";

/// Finds all tests that cite a number.
pub(super) fn find(faults: &mut Vec<String>) -> Shown {
    let mut shown = Shown::new();
    for path in DIRECTORIES.iter().flat_map(|directory| files(directory, &ENDINGS)) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let path = relative(&path);
        let cited = match ending(&path) {
            "yaml" => in_yaml(&path, &text),
            ending => in_code(ending, &text),
        };
        for (name, numbers) in cited {
            match (name, numbers) {
                (Some(name), Some(numbers)) => {
                    for number in numbers {
                        let test = Test { path: path.clone(), name: name.clone() };
                        shown.entry(number).or_default().insert(test);
                    }
                }
                (name, _) => {
                    let name = name.unwrap_or_else(|| "something that is no test".to_owned());
                    faults.push(format!("{path}: {name} cites no requirements in their form"));
                }
            }
        }
    }
    shown
}

/// The name of a test, and the numbers that it cites; nothing where either is not what it should be.
type Cited = (Option<String>, Option<Vec<String>>);

fn ending(path: &str) -> &str {
    Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

/// The numbers of a comment such as `// Requirements: R001, R002.`; nothing if it is no such comment.
fn comment(sign: &str, line: &str) -> Option<Option<Vec<String>>> {
    let list = line.trim().strip_prefix(sign)?.trim_start().strip_prefix(WORD)?;
    Some(list.strip_suffix('.').and_then(numbers))
}

/// The numbers of a list such as `R001, M2`; nothing if one of them is none.
fn numbers(list: &str) -> Option<Vec<String>> {
    let one = |number: &str| {
        let digits = number.strip_prefix(['R', 'M', 'N'])?;
        let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| number.to_owned())
    };
    list.split(',').map(str::trim).map(one).collect()
}

fn in_code(ending: &str, text: &str) -> Vec<Cited> {
    let sign = if ending == "py" { "#" } else { "//" };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut cited = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(numbers) = comment(sign, line) {
            cited.push((test_below(ending, lines.iter().skip(at.saturating_add(1))), numbers));
        }
    }
    cited
}

/// The name of the test that the next lines begin, attributes and comments left out.
fn test_below<'a>(ending: &str, lines: impl Iterator<Item = &'a &'a str>) -> Option<String> {
    let mut attributed = false;
    for line in lines {
        match ending {
            "rs" => {
                attributed |= *line == "#[test]";
                if line.starts_with("#[") || line.starts_with("//") {
                    continue;
                }
                return name(line.strip_prefix("fn ")?, |c| c.is_alphanumeric() || c == '_')
                    .filter(|_| attributed);
            }
            "py" if line.starts_with('@') || line.starts_with('#') => {}
            "py" => {
                let line = line.strip_prefix("async ").unwrap_or(line);
                return name(line.strip_prefix("def ")?, |c| c.is_alphanumeric() || c == '_')
                    .filter(|name| name.starts_with("test_"));
            }
            _ if line.starts_with("//") => {}
            "go" => {
                return name(line.strip_prefix("func ")?, |c| c.is_alphanumeric() || c == '_')
                    .filter(|name| name.starts_with("Test") || name.starts_with("Example"));
            }
            _ => {
                let call = line.strip_prefix("test(").or_else(|| line.strip_prefix("it("))?;
                let quote = call.chars().next().filter(|c| ['\'', '"', '`'].contains(c))?;
                return name(call.strip_prefix(quote)?, |c| c != quote);
            }
        }
    }
    None
}

/// What a text begins with, as long as its characters are part of a name.
fn name(text: &str, part: impl Fn(char) -> bool) -> Option<String> {
    let name: String = text.chars().take_while(|c| part(*c)).collect();
    (!name.is_empty()).then_some(name)
}

/// The scenario of a file, or the policies of a pack.
fn in_yaml(path: &str, text: &str) -> Vec<Cited> {
    let mut cited = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(list) = line.strip_prefix("requirements:") {
            let list = list.trim().strip_prefix('[').and_then(|list| list.strip_suffix(']'));
            let stem = Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
            cited.push((stem, list.and_then(numbers)));
        }
        if let Some(numbers) = comment("#", line) {
            let policy = lines.peek().and_then(|line| line.trim().strip_prefix("- name: "));
            cited.push((policy.map(str::to_owned), numbers));
        }
    }
    cited
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, numbers: &[&str]) -> Vec<Cited> {
        let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
        vec![(Some(name.to_owned()), Some(numbers))]
    }

    #[test]
    fn a_test_is_found_below_its_numbers_in_each_language() {
        for (ending, text, name) in [
            ("rs", "// Requirements: R001, N2.\n    #[test]\n    fn it_holds() {", "it_holds"),
            (
                "rs",
                "// Requirements: R001, N2.\n/// Why.\n#[test]\nfn it_holds(x in y()) {",
                "it_holds",
            ),
            ("py", "# Requirements: R001, N2.\n@mark\ndef test_it() -> None:", "test_it"),
            ("js", "// Requirements: R001, N2.\ntest('it holds', () => {", "it holds"),
            ("go", "// Requirements: R001, N2.\nfunc TestIt(t *testing.T) {", "TestIt"),
        ] {
            assert_eq!(in_code(ending, text), one(name, &["R001", "N2"]), "{text}");
        }
    }

    #[test]
    fn numbers_above_what_is_no_test_are_at_fault() {
        for (ending, text) in [
            ("rs", "// Requirements: R001.\nfn helper() {"),
            ("rs", "// Requirements: R001.\n\n#[test]\nfn it_holds() {"),
            ("py", "# Requirements: R001.\ndef helper():"),
            ("go", "// Requirements: R001.\nfunc helper() {"),
            ("js", "// Requirements: R001.\nconst x = 1;"),
            ("rs", "// Requirements: R001."),
        ] {
            let names: Vec<_> = in_code(ending, text).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, [None], "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_numbers_is_at_fault() {
        for line in [
            "// Requirements: R001",
            "// Requirements: R1x.",
            "// Requirements: 12.",
            "// Requirements: R.",
        ] {
            assert_eq!(comment("//", line), Some(None), "{line}");
        }
        assert_eq!(comment("//", "// Its requirements: R001."), None);
    }

    #[test]
    fn scenarios_and_policies_cite_in_their_own_way() {
        let scenario = in_yaml("policies/x/scenarios/no-jump.yaml", "requirements: [R132, M14]\n");
        assert_eq!(scenario, one("no-jump", &["R132", "M14"]));
        let pack = in_yaml("policies/x/packs/y.yaml", "  # Requirements: R267.\n  - name: cap\n");
        assert_eq!(pack, one("cap", &["R267"]));
    }
}
