//! `poundlock ci`: a request of a job of continuous integration, and what came of it in the forms that its host shows.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use poundlock::{
    Error,
    digest::Digest,
    engine::{Admission, Engine},
    error::{Code, Result},
    export::Export,
    identity::Credential,
    model::Verdict,
    policy::PolicyPack,
    time::Instant,
};

use super::{
    admit::{self, Admitted},
    key_set, no_token, threads, token_text,
};
use crate::{
    args::{self, Act, Admit, Caller, Ci, From, Kind, Who, signing::Signing},
    ci::{Job, Syntax, commands, variable},
    files,
    output::Answer,
};

pub(super) fn run(options: &Ci, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    // What an earlier run left there must not be taken for what this one says.
    let files = [&options.sarif, &options.junit, &options.summary, &options.outputs];
    let is_plan = |file: &&PathBuf| {
        options.admit.plan.as_ref().is_some_and(|plan| plan == *file || is_same(plan, file))
    };
    let (plan, files): (Vec<_>, Vec<_>) = files.into_iter().flatten().partition(is_plan);
    files.into_iter().try_for_each(|file| files::remove(file))?;
    if let Some(file) = plan.first() {
        return Err(Error::new(
            Code::InputInvalidValue,
            "what is said of a plan cannot take its place",
        )
        .in_source(file.display().to_string())
        .with_help("name another file"));
    }
    let job = Job::of_environment()?;
    let engine = files::engine(charter)?.with_threads(threads(options.admit.asked.threads));
    let (ledger, mut state) = files::ledger(ledger)?;
    let (caller, credential) = caller(&options.admit.asked.caller, &job, &engine, at)?;
    let admit = settled(&options.admit, caller, &job)?;
    let mut request = admit::request(&admit, at)?;
    request.credential = credential;
    let title = format!("{} of {} in {}", request.action.word(), request.asset, request.stage);
    let caller = &admit.asked.caller;
    let (admission, text) = match admit::admit(request, caller, &engine, &ledger, &mut state, "")? {
        Admitted::Later(answer) => return Ok(*answer),
        Admitted::Now { admission, text } => (admission, text),
    };
    let mut answer = admit::answer(&admission, text, &ledger, &mut state)?;
    let document = admit.plan.as_deref().filter(|plan| *plan != Path::new("-"));
    let shown = Shown { options, job: &job, admission: &admission };
    shown.findings(&engine, document.unwrap_or(charter), &title, &mut answer)?;
    shown.outputs(&mut answer)?;
    Ok(answer)
}

/// Whether two names are of one file that is there.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// What is asked, with what the job says of it. A rollback brings another commit than the job's.
fn settled(options: &Admit<args::Job>, caller: Caller, job: &Job) -> Result<Admit> {
    let own = options.action != Act::Rollback;
    let mut asked = options.asked.clone().of(caller);
    // Variables of hosts are often empty where what they would say does not exist.
    for (flag, text, help) in [
        ("--reason", &asked.reason, "say why the change is made: nothing is admitted without"),
        ("--author", &asked.author, "say who wrote the change, as the charter names them"),
    ] {
        if text.trim().is_empty() {
            return Err(Error::new(Code::InputMissingField, format!("{flag} is missing or empty"))
                .with_help(help));
        }
    }
    asked.commit = Some(job.commit(asked.commit.as_deref(), own)?);
    asked.git_ref = Some(job.git_ref(asked.git_ref.as_deref(), own)?);
    asked.run = Some(job.run(asked.run.as_deref())?);
    let Admit { action, asked: _, plan, parts, nonce, artifact, traffic } = options.clone();
    Ok(Admit { action, asked, plan, parts, nonce, artifact, traffic })
}

/// Who asks: whom the token shows, or who is named, with what the job says of itself.
fn caller(
    options: &args::Job,
    job: &Job,
    engine: &Engine,
    at: Instant,
) -> Result<(Caller, Option<Credential>)> {
    let named = |actor: &str, claims| Caller {
        who: Who {
            actor: actor.to_owned(),
            actor_kind: Kind::Workload,
            claims,
            token_file: None,
            key_set: None,
            channel: From::Ci,
        },
        id: options.id.clone(),
        signing: Signing::default(),
    };
    let Some(keys) = &options.key_set else {
        no_token()?;
        let Some(actor) = &options.actor else {
            let message = "neither --actor nor a token says who asks";
            return Err(Error::new(Code::InputMissingField, message).with_help(
                "name the actor as the charter declares it, or hand in a token with --key-set",
            ));
        };
        let claims = job.claims(&options.claims, options.environment.as_deref())?;
        return Ok((named(actor, claims.into_iter().collect()), None));
    };
    let keys = key_set(keys)?;
    let token = match &options.token_file {
        Some(file) => Some(token_text(file)?),
        None => job.token()?,
    };
    let Some(token) = token else {
        let message = format!("{} gave the job no token", job.host());
        return Err(Error::new(Code::InputMissingField, message)
            .with_help("put it into POUNDLOCK_ID_TOKEN, or name its file with --token-file"));
    };
    // What is known of the actor is what the token says.
    if let Some(actor) = &options.actor {
        let credential = engine.credential(actor, &token, &keys, at);
        return Ok((named(actor, Vec::new()), Some(credential)));
    }
    let (actor, credential) = engine.workload_shown_by(&token, &keys, at)?;
    Ok((named(actor, Vec::new()), Some(credential)))
}

/// What came of the request, for the host and for other tools.
struct Shown<'a> {
    options: &'a Ci,
    job: &'a Job,
    admission: &'a Admission,
}

impl Shown<'_> {
    fn findings(
        &self,
        engine: &Engine,
        document: &Path,
        title: &str,
        answer: &mut Answer,
    ) -> Result<()> {
        let Some(decision) = &self.admission.decision else {
            answer.notices.push(
                "what was found the first time is no longer there, so nothing is written about it"
                    .into(),
            );
            return Ok(());
        };
        let judged: Vec<&PolicyPack> = engine
            .packs()
            .filter(|pack| decision.packs.contains_key(&pack.reference().to_string()))
            .collect();
        let export = Export::of_decision(decision)
            .titled(title)
            .in_document(document.display().to_string())
            .with_packs(judged);
        if let Some(file) = &self.options.sarif {
            files::write(file, format!("{:#}\n", export.sarif()).as_bytes())?;
        }
        if let Some(file) = &self.options.junit {
            files::write(file, export.junit().as_bytes())?;
        }
        let summary = export.markdown() + &self.entry();
        if let Some(file) = &self.options.summary {
            files::write(file, summary.as_bytes())?;
            self.say(commands::summary(self.job.syntax(), &absolute(file)?), answer);
        }
        self.append("GITHUB_STEP_SUMMARY", &summary)?;
        for line in commands::annotations(self.job.syntax(), &decision.findings, decision.mode) {
            self.say(Some(line), answer);
        }
        Ok(())
    }

    /// Where the decision stands, in Markdown.
    fn entry(&self) -> String {
        let Admission { sequence, entry, .. } = self.admission;
        let permit = self.permit().map_or("", |_| ", which is the permit");
        format!("\nEntry {sequence} of the ledger: `{entry}`{permit}.\n")
    }

    /// The entry, where it lets the job act.
    fn permit(&self) -> Option<Digest> {
        let decision = self.admission.decision.as_ref()?;
        let given = decision.permit.is_some() && self.admission.live;
        given.then_some(self.admission.entry)
    }

    fn outputs(&self, answer: &mut Answer) -> Result<()> {
        let Admission { verdict, entry, .. } = self.admission;
        let verdict = match verdict {
            // What was permitted once, and is no more, is not to be taken for leave to go on.
            Verdict::Allow if !self.admission.may_proceed() => "over",
            verdict => verdict.word(),
        };
        let mut outputs =
            BTreeMap::from([("verdict", verdict.to_owned()), ("entry", entry.to_string())]);
        if let Some(permit) = self.permit() {
            outputs.insert("permit", permit.to_string());
        }
        let mut lines = String::new();
        let mut variables = String::new();
        for (name, value) in &outputs {
            lines.push_str(&format!("{name}={value}\n"));
            variables.push_str(&format!("POUNDLOCK_{}={value}\n", name.to_uppercase()));
            self.say(commands::output(self.job.syntax(), name, value), answer);
        }
        if let Some(file) = &self.options.outputs {
            files::write(file, variables.as_bytes())?;
        }
        self.append("GITHUB_OUTPUT", &lines)
    }

    /// A line that commands the host. It stands among what people read, and not in what programs asked for.
    fn say(&self, line: Option<String>, answer: &mut Answer) {
        if let Some(line) = line {
            answer.output.text.line(line);
        }
    }

    /// Appends to a file that GitHub names.
    fn append(&self, name: &str, content: &str) -> Result<()> {
        if self.job.syntax() != Syntax::GitHub {
            return Ok(());
        }
        let Some(file) = variable(name)?.map(PathBuf::from) else { return Ok(()) };
        let failed = |error| Error::io(format!("{} cannot be written", file.display()), error);
        let mut opened =
            OpenOptions::new().create(true).append(true).open(&file).map_err(failed)?;
        opened.write_all(content.as_bytes()).map_err(failed)
    }
}

fn absolute(file: &Path) -> Result<PathBuf> {
    std::path::absolute(file)
        .map_err(|error| Error::io(format!("{} cannot be named", file.display()), error))
}
