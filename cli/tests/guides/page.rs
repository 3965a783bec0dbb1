//! A page of `docs/guides`, as a script.

const FENCE: &str = "```";

enum Step {
    Succeeds(String),
    Fails(String),
    File { name: String, content: String },
}

pub(crate) struct Page(Vec<Step>);

impl Page {
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let mut steps = Vec::new();
        while let Some(line) = lines.next() {
            let Some(kind) = line.strip_prefix(FENCE) else { continue };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            let block = block.join("\n");
            let file = kind.split_once(" file=").map(|(_, name)| name.to_owned());
            match (kind, file) {
                (_, Some(name)) => steps.push(Step::File { name, content: block }),
                ("sh", None) => steps.push(Step::Succeeds(block)),
                ("sh fails", None) => steps.push(Step::Fails(block)),
                ("sh install", None) => {}
                (other, None) => {
                    assert!(!other.starts_with("sh "), "there is no block of the kind `{other}`");
                }
            }
        }
        assert!(!steps.is_empty(), "nothing of the page is run");
        Self(steps)
    }

    /// What the page has a file hold.
    #[track_caller]
    pub(crate) fn file(&self, wanted: &str) -> &str {
        let file = self.0.iter().rev().find_map(|step| match step {
            Step::File { name, content } if name == wanted => Some(content),
            _ => None,
        });
        file.unwrap_or_else(|| panic!("the page has no file {wanted}"))
    }

    /// What a reader types, in one shell that stops at the first thing that is not as the page says.
    pub(crate) fn script(&self) -> String {
        let mut script = "set -eu\n".to_owned();
        for step in &self.0 {
            match step {
                Step::Succeeds(block) => script.push_str(&format!("{block}\n")),
                Step::Fails(block) => script.push_str(&format!(
                    "set +e\n{block}\ncode=$?; set -e\n[ $code -eq 1 ] || [ $code -eq 2 ] || {{ echo 'this should have failed'; exit 1; }}\n"
                )),
                Step::File { name, content } => script.push_str(&format!(
                    "mkdir -p \"$(dirname '{name}')\"\ncat > '{name}' <<'END OF FILE'\n{content}\nEND OF FILE\n"
                )),
            }
        }
        script
    }
}
