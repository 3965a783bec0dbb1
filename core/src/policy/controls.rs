//! The frameworks whose controls policies name, and how each writes them (R393, R394).
//!
//! The list is closed, so that a misspelt framework or control is found when a pack is linted, and not when an auditor
//! asks what serves a control.

/// A framework of controls.
struct Framework {
    /// What comes before the slash.
    name: &'static str,
    /// How its controls are written: `#` is a number, `?` a capital letter, `_` a small one.
    forms: &'static [&'static str],
}

const FRAMEWORKS: &[Framework] = &[
    // Trust Services Criteria 2017.
    Framework { name: "soc2", forms: &["CC#.#", "A#.#", "C#.#", "PI#.#", "P#.#"] },
    // ISO/IEC 27001:2022: its clauses, and the controls of its annex A.
    Framework { name: "iso-27001", forms: &["#.#", "#.#.#", "A.#.#"] },
    // Revision 5, with enhancements.
    Framework { name: "nist-800-53", forms: &["??-#", "??-#(#)"] },
    // Version 1: the levels of the build track.
    Framework { name: "slsa", forms: &["Build-L#"] },
    // Regulation (EU) 2016/679.
    Framework { name: "gdpr", forms: &["Art.#", "Art.#(#)", "Art.#(#)(_)"] },
    // The sections of the Sarbanes-Oxley Act.
    Framework { name: "sox", forms: &["#", "#(_)"] },
    // Regulation (EU) 2024/1689.
    Framework { name: "eu-ai-act", forms: &["Art.#", "Art.#(#)", "Art.#(#)(_)"] },
];

/// What is wrong with a control that a policy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ControlFault {
    /// It names no framework of the list.
    Framework,
    /// The framework writes its controls in another way.
    Form(&'static [&'static str]),
}

/// Whether `control` is a framework of the list, a slash, and a control as the framework writes it.
pub(super) fn fault(control: &str) -> Option<ControlFault> {
    let (name, id) = control.split_once('/').unwrap_or((control, ""));
    let Some(framework) = FRAMEWORKS.iter().find(|framework| framework.name == name) else {
        return Some(ControlFault::Framework);
    };
    let fits = framework.forms.iter().any(|form| fits(form, id));
    (!fits).then_some(ControlFault::Form(framework.forms))
}

/// The names of all frameworks, for messages.
pub(super) fn frameworks() -> String {
    let names: Vec<&str> = FRAMEWORKS.iter().map(|framework| framework.name).collect();
    names.join(", ")
}

fn fits(form: &str, text: &str) -> bool {
    let mut rest = text;
    for wanted in form.chars() {
        let after = match wanted {
            '#' if rest.starts_with('0') => rest,
            '#' => rest.trim_start_matches(|c: char| c.is_ascii_digit()),
            '?' => rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest),
            '_' => rest.strip_prefix(|c: char| c.is_ascii_lowercase()).unwrap_or(rest),
            literal => rest.strip_prefix(literal).unwrap_or(rest),
        };
        if after.len() == rest.len() {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Requirements: R393, R394.
    #[test]
    fn controls_are_written_as_their_framework_writes_them() {
        for control in [
            "soc2/CC6.1",
            "soc2/A1.2",
            "iso-27001/A.8.32",
            "iso-27001/6.1.3",
            "nist-800-53/AC-6",
            "nist-800-53/SI-7(1)",
            "slsa/Build-L3",
            "gdpr/Art.32(1)(a)",
            "sox/404",
            "sox/302(a)",
            "eu-ai-act/Art.15",
        ] {
            assert_eq!(fault(control), None, "{control}");
        }
        for control in ["", "soc2", "SOC2/CC6.1", "nist/AC-6", "pci-dss/6.4", "/CC6.1"] {
            let expected = match control {
                "soc2" => fault("soc2/"),
                _ => Some(ControlFault::Framework),
            };
            assert_eq!(fault(control), expected, "{control}");
            assert_ne!(fault(control), None, "{control}");
        }
        for control in [
            "soc2/",
            "soc2/CC6",
            "soc2/CC6.1 ",
            "soc2/cc6.1",
            "nist-800-53/AC6",
            "nist-800-53/AC-06",
            "nist-800-53/AC-6(1",
            "gdpr/32",
            "slsa/3",
            "sox/404/1",
            "eu-ai-act/Art.15(b)",
        ] {
            assert!(matches!(fault(control), Some(ControlFault::Form(_))), "{control}");
        }
    }
}
