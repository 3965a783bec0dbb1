//! Every bound in one place: sizes, depths, counts, steps and bytes.
//!
//! Bounds are constants, so that the same input gives the same answer on every host.

/// The largest document (a plan, a request), in bytes.
pub const DOCUMENT_BYTES: usize = 256 * 1024 * 1024;
/// The largest YAML file (a charter, a pack, a lock), in bytes.
pub const YAML_BYTES: usize = 1024 * 1024;
/// How deep maps and lists may nest in a document.
pub const DEPTH: usize = 128;
/// How many values (maps, lists, scalars) a document may hold.
pub const DOCUMENT_VALUES: usize = 32 * 1024 * 1024;

/// The largest ledger entry, in bytes: the limit of a C2SP entry bundle.
pub const ENTRY_BYTES: usize = 65_535;
/// The largest body of an entry, in bytes: what head, kind and attachments leave of the entry.
pub const ENTRY_BODY_BYTES: usize = 60_000;
/// The largest attachment, in bytes.
pub const ATTACHMENT_BYTES: usize = DOCUMENT_BYTES;
/// How many obligations a decision may add; each must stay in the state until it is met.
pub const ENTRY_OBLIGATIONS: usize = 100;
/// How many bytes the policies and addresses of a decision's obligations may have.
pub const ENTRY_OBLIGATION_BYTES: usize = 16 * 1024;
/// How many failures an entry lists; the full list is an attachment.
pub const ENTRY_FAILURES: usize = 50;

/// The largest signed checkpoint, in bytes: more than sixteen signatures of 5,000 bytes each.
pub const CHECKPOINT_BYTES: usize = 128 * 1024;
/// How many signatures a checkpoint may have, those of unknown keys included.
pub const CHECKPOINT_SIGNATURES: usize = 100;
/// The largest receipt or fork proof, in bytes: more than the largest entry in base64, or two
/// checkpoints, and any proof with them.
pub const PROOF_BYTES: usize = 288 * 1024;
/// How many keys a ledger's law may name at a time.
pub const LAW_KEYS: usize = 16;
/// How many keys somebody may trust at once.
pub const KEYS: usize = 100;
/// The largest file of a secret key, in bytes.
pub const KEY_BYTES: usize = 16 * 1024;

/// The largest identity token, in bytes.
pub const TOKEN_BYTES: usize = 16 * 1024;
/// The largest key set of an issuer of tokens, in bytes.
pub const KEY_SET_BYTES: usize = 256 * 1024;
/// How many providers a charter may have.
pub const PROVIDERS: usize = 64;
/// How many actors of a charter may have a provider.
pub const PROVIDER_ACTORS: usize = 2000;
/// How many keys of people a charter may list.
pub const SIGNERS: usize = 1000;
/// The largest text that an approver signs, in bytes: more than all its names at their longest.
pub const STATEMENT_BYTES: usize = 4 * 1024;
/// The largest signature of an approval, in bytes: more than an envelope around the largest statement.
pub const SIGNATURE_BYTES: usize = 16 * 1024;

/// The longest identifier (a request's id, an actor, a stage, an asset), in bytes.
pub const NAME_BYTES: usize = 256;
/// The longest reason or other free text of a request, in bytes.
pub const TEXT_BYTES: usize = 4096;
/// How many acts a boundary's rate may count.
pub const RATE: usize = 1_000;
/// How many approvals a boundary may ask for.
pub const APPROVALS: usize = 100;
/// How many plans can be joined into one.
pub const PLAN_PARTS: usize = 64;
/// How many files a request may say that its change touches.
pub const PATHS: usize = 10_000;
/// The largest annotated tag, in bytes.
pub const TAG_BYTES: usize = 32 * 1024;
/// How many actors, stages or assets a break-glass grant may cover.
pub const SCOPE_NAMES: usize = 16;
/// How many resources an incident may name; a report names them all.
pub const INCIDENT_RESOURCES: usize = 64;
/// How many providers an outcome may name the versions of.
pub const OUTCOME_PROVIDERS: usize = 64;
/// How many lineages that are known to be good the state keeps of a site, the newest: so often in a row it can
/// be rolled back.
pub const KNOWN_GOOD: usize = 16;
/// How many names a manifest may have of a kind: of content, metadata or labels.
pub const MANIFEST_NAMES: usize = 128;
/// How many bytes the names and texts of a manifest may have: it is held in an entry, beside a signature.
pub const MANIFEST_BYTES: usize = 16 * 1024;
/// The largest report, in bytes.
pub const REPORT_BYTES: usize = 64 * 1024 * 1024;
/// How many objections a report may have.
pub const REPORT_RESULTS: usize = 20_000;
/// How many things a report may say that it is about.
pub const REPORT_SUBJECTS: usize = 100;
/// The longest name of a rule, place or tool in a report, in bytes.
pub const REPORT_TEXT_BYTES: usize = 4096;
/// How many signatures a report's envelope may have.
pub const REPORT_SIGNATURES: usize = 16;
/// How many waivers a gate may have for results.
pub const REPORT_WAIVERS: usize = 1000;
/// How many objections of a report are findings of their own.
pub const REPORT_FINDINGS: usize = 50;
/// How many claims an actor may carry.
pub const CLAIMS: usize = 64;

/// The longest message or remedy of a finding, in bytes.
pub const MESSAGE_BYTES: usize = 512;

/// How many policies a pack may have.
pub const PACK_POLICIES: usize = 1000;
/// How many resource types a policy may name.
pub const POLICY_TYPES: usize = 200;
/// How many variables, parameters or validations a policy may have.
pub const POLICY_VARIABLES: usize = 100;
/// How many tests a policy may have.
pub const POLICY_TESTS: usize = 500;

/// The longest CEL expression, in bytes. The long ones of Kubernetes' policies have some two thousand; what
/// needs more is easier to read, and to explain, when it is split with variables.
pub const EXPRESSION_BYTES: usize = 16 * 1024;
/// How many operators, calls, literals, names, fields and indices a CEL expression may have.
pub const EXPRESSION_NODES: usize = 6000;
/// How deep a CEL expression may nest.
pub const EXPRESSION_DEPTH: usize = 128;
/// The longest regular expression in a CEL expression, in bytes.
pub const PATTERN_BYTES: usize = 2048;
/// The largest regular expression once it is compiled, in bytes.
pub const PATTERN_COMPILED_BYTES: usize = 128 * 1024;
/// The largest regular expressions of one CEL expression together once they are compiled, in bytes. Each
/// counts as 8, 32 or 128 KiB; matching may take up to sixteen times as much.
pub const EXPRESSION_PATTERN_BYTES: usize = 512 * 1024;
/// The largest regular expressions of one pack together, counted like those of an expression, in bytes.
pub const PACK_PATTERN_BYTES: usize = 8 * 1024 * 1024;
/// Steps for one CEL evaluation.
pub const EVALUATION_STEPS: u64 = 1_000_000;
/// Steps for all the CEL evaluations of one request.
pub const REQUEST_STEPS: u64 = 1_000_000_000;
/// Bytes that one CEL evaluation may allocate. What it makes counts twice, since it may be copied once
/// or lie in a buffer twice as large; what belongs to the document or to the program does not count.
pub const EVALUATION_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes that the result of one CEL evaluation may take, counted likewise.
pub const RESULT_BYTES: u64 = 16 * 1024 * 1024;
/// How many parts of an expression an explanation lists.
pub const EXPLANATION_REASONS: usize = 10;
/// How many findings of a decision are explained.
pub const EXPLAINED_FINDINGS: usize = 1000;
/// Steps for all the explanations of one request.
pub const EXPLANATION_STEPS: u64 = 100_000_000;

/// How many of the entries that a figure of a report rests on are listed.
pub const REPORT_ENTRIES: usize = 100;

/// Strings of at least this many bytes are masked where they equal a sensitive value.
pub const TAINT_BYTES: usize = 6;
/// Sensitive values of a plan are compared by at most this many of their first bytes.
pub const TAINT_PREFIX_BYTES: usize = 256;
/// How many bytes of different sensitive values a plan may hold, each counted up to
/// [`TAINT_PREFIX_BYTES`].
pub const TAINT_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// How many findings a summary for people shows.
pub const SUMMARY_FINDINGS: usize = 50;
