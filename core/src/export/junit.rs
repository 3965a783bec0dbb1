//! The XML that JUnit's Ant task began with, as the test reports of continuous integration read it.

use super::{Export, Standing, about, rule, word};
use crate::model::{Finding, PolicyCount};

/// One element of the report.
struct Case {
    failed: bool,
    skipped: bool,
    xml: String,
}

pub(super) fn report(export: &Export<'_>) -> String {
    let passed =
        export.counts.iter().filter(|count| count.pass > 0 && count.pass == count.judged());
    let mut cases: Vec<Case> = passed.map(pass).collect();
    cases.extend(export.notable().map(|(standing, finding)| case(standing, finding)));
    if cases.is_empty() {
        // A report without a case is taken for a run that never happened.
        cases.push(Case { failed: false, skipped: false, xml: open("poundlock", "verdict", true) });
    }
    let failures = cases.iter().filter(|case| case.failed).count();
    let skipped = cases.iter().filter(|case| case.skipped).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", cases.len());
    let cases: String = cases.into_iter().map(|case| case.xml).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"poundlock\" {counts}>\n\
         <testsuite name=\"poundlock\" {counts} skipped=\"{skipped}\">\n\
         {cases}</testsuite>\n</testsuites>\n"
    )
}

fn pass(count: &PolicyCount) -> Case {
    let name = format!("{} resources pass", count.pass);
    Case { failed: false, skipped: false, xml: open(&count.policy, &name, true) }
}

fn case(standing: Standing, finding: &Finding) -> Case {
    let failed = standing == Standing::Denies;
    let mut xml = open(rule(finding), about(finding).unwrap_or(&finding.code), false);
    let message = escaped(&finding.message);
    if failed {
        let mut body = format!("{}: {}", word(standing, finding), finding.message);
        if let Some(remedy) = &finding.remedy {
            body.push_str("\nTo mend it: ");
            body.push_str(remedy);
        }
        let code = escaped(&finding.code);
        let body = escaped(&body);
        xml.push_str(&format!("<failure type=\"{code}\" message=\"{message}\">{body}</failure>"));
    } else {
        let word = word(standing, finding);
        xml.push_str(&format!("<skipped message=\"{word}: {message}\"/>"));
    }
    xml.push_str("</testcase>\n");
    Case { failed, skipped: !failed, xml }
}

/// The beginning of a test case, or all of it.
fn open(class: &str, name: &str, whole: bool) -> String {
    let end = if whole { "/>\n" } else { ">" };
    format!("<testcase classname=\"{}\" name=\"{}\"{end}", escaped(class), escaped(name))
}

/// A text as XML 1.0 can hold it, in an attribute or in an element. What it cannot hold at all is spelt out.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            '\n' | '\r' | '\t' => xml.push_str(&format!("&#{};", u32::from(c))),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                xml.extend(c.escape_default());
            }
            c => xml.push(c),
        }
    }
    xml
}
