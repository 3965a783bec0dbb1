//! Statements: one text for each, and nothing in it that shows something else than it says.

use poundlock::{
    Digest,
    identity::{Statement, StatementSubject},
};
use proptest::prelude::*;

use crate::support::vector;

fn statement() -> Statement {
    Statement::parse(vector("statement.txt").as_bytes()).unwrap()
}

fn refused(text: &str) -> &'static str {
    Statement::parse(text.as_bytes()).unwrap_err().code()
}

#[test]
fn another_text_is_no_statement() {
    let text = vector("statement.txt");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for index in 0..lines.len() {
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            lines.iter().map(|line| format!("{line}\n")).collect::<String>()
        };
        // The two lines that a statement may lack.
        if !lines[index].starts_with("role") && !lines[index].starts_with("expires") {
            assert_eq!(refused(&with(&|it| drop(it.remove(index)))), "approval.statement");
        }
        assert_eq!(
            refused(&with(&|it| it.insert(index, lines[index].clone()))),
            "approval.statement"
        );
        assert_eq!(refused(&with(&|it| it.insert(index, String::new()))), "approval.statement");
        assert_eq!(refused(&with(&|it| it.insert(index, "note: x".into()))), "approval.statement");
        if index + 1 < lines.len() {
            assert_eq!(refused(&with(&|it| it.swap(index, index + 1))), "approval.statement");
        }
    }
    for other in [
        String::new(),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        format!(" {text}"),
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace("v1", "v2"),
        text.replace(": ", ":"),
        text.replace("prod", "prod "),
        text.replace("prod", "pr\u{202e}od"),
        text.replace("prod", "pr\tod"),
        text.replace("prod", ""),
        text.replace("alice", &"a".repeat(257)),
        text.replace("4f9c", "4F9C"),
        text.replace("4f9c", ""),
        text.replace("sha256:2c", "sha256:2C"),
        text.replace("09:00:00Z", "10:00:00+01:00"),
        text.replace("09:00:00Z", "09:00:00.0Z"),
        text.replace("2026-03-02T09:00:00Z", "now"),
    ] {
        assert_eq!(refused(&other), "approval.statement", "{other}");
    }
    assert_eq!(Statement::parse(&[0xff]).unwrap_err().code(), "approval.statement");
    assert_eq!(refused(&"x".repeat(4 * 1024 + 1)), "limit.size");
    let error = Statement::parse(text.replace("stage: ", "gate: ").as_bytes()).unwrap_err();
    assert_eq!(error.place().position.map(|it| (it.line, it.column)), Some((5, 1)));
}

#[test]
fn a_statement_that_would_deceive_has_no_text() {
    let change = |change: fn(&mut Statement)| {
        let mut other = statement();
        change(&mut other);
        other.to_text().unwrap_err().code()
    };
    let commit = |commit: &str| {
        let plan = Digest::ZERO;
        let subject = StatementSubject::Change { commit: commit.into(), plan };
        Statement { subject, ..statement() }.to_text().unwrap_err().code()
    };
    for code in [
        change(|it| it.stage = "dev\nstage: prod".into()),
        change(|it| it.asset = "web\r".into()),
        change(|it| it.by = String::new()),
        change(|it| it.role = Some(" owner".into())),
        change(|it| it.ledger = "acme\u{2066}".into()),
        change(|it| it.track = "x".repeat(257)),
        commit("4f9c"),
        commit("main"),
        commit(&"F".repeat(40)),
    ] {
        assert_eq!(code, "approval.statement");
    }
}

/// The largest statement fits its limit.
#[test]
fn names_of_any_length_fit() {
    let long = || "x".repeat(256);
    let statement = Statement {
        ledger: long(),
        track: long(),
        stage: long(),
        asset: long(),
        by: long(),
        role: Some(long()),
        ..statement()
    };
    let text = statement.to_text().unwrap();
    assert_eq!(Statement::parse(text.as_bytes()).unwrap(), statement);
}

prop_compose! {
    fn any_statement()(
        names in prop::array::uniform5("[a-zäß: /._-]{0,6}[a-z0-9]"),
        role in prop::option::of("[a-z]{1,8}"),
        digests in prop::array::uniform2(any::<[u8; 32]>()),
        commit in prop::option::of("[0-9a-f]{40}"),
        instants in (0i64..4_000_000_000, prop::option::of(0i64..4_000_000_000)),
    ) -> Statement {
        let instant = |seconds| poundlock::time::Instant::from_unix_seconds(seconds).unwrap();
        let [ledger, track, stage, asset, by] = names.map(|name| name.trim().to_owned());
        let [charter, digest] = digests.map(Digest::from_bytes);
        Statement {
            ledger, charter, track, stage, asset, by, role,
            subject: match commit {
                Some(commit) => StatementSubject::Change { commit, plan: digest },
                None => StatementSubject::Artifact(digest),
            },
            at: instant(instants.0),
            expires: instants.1.map(instant),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_is_read_again(statement in any_statement()) {
        let text = statement.to_text().unwrap();
        prop_assert_eq!(Statement::parse(text.as_bytes()).unwrap(), statement);
    }

    /// A changed text is no statement, or says something else and is the one text of that.
    #[test]
    fn no_two_texts_say_the_same(
        statement in any_statement(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let text = statement.to_text().unwrap();
        let mut changed = text.clone().into_bytes();
        let index = place.index(changed.len());
        changed[index] = byte;
        if let Ok(other) = Statement::parse(&changed) {
            prop_assert_eq!(other.to_text().unwrap().into_bytes(), changed.clone());
            prop_assert_eq!(other == statement, changed == text.as_bytes());
        }
    }
}
