//! The shape of a pack's YAML file. What serde cannot say is checked in [`load`](super::load).

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::model::{Actions, Enforcement};

/// A policy pack as it is written: a versioned set of policies.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackDocument {
    /// The pack's name: letters, digits, `-`, `_` and `.`.
    pub pack: String,
    /// The pack's version, such as `1.4.0`.
    pub version: String,
    /// What the pack is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The last day before the pack is due for review, such as `2027-01-31` (R303).
    #[serde(default)]
    pub review_by: Option<String>,
    /// The policies; at least one.
    #[schemars(length(min = 1))]
    pub policies: Vec<PolicyDocument>,
}

/// One policy: which resources it is about, and what must be true of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyDocument {
    /// The policy's name, unique in its pack: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// What the policy demands, in a sentence that a reader of a denial understands.
    pub description: String,
    /// Whether anything but a pass denies.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// Which resource changes the policy is about.
    #[serde(rename = "match")]
    pub matches: MatchDocument,
    /// Named values that validations share. Each may read those before it.
    #[serde(default)]
    pub variables: Vec<VariableDocument>,
    /// What must be true; at least one. The policy passes when every validation yields exactly `true`.
    #[schemars(length(min = 1))]
    pub validations: Vec<ValidationDocument>,
    /// Constants of the policy, read as `params.name`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub params: BTreeMap<String, IgnoredAny>,
    /// In which direction a parameter is stricter, by its name; an overlay may move it that way.
    #[serde(default)]
    pub stricter: BTreeMap<String, Stricter>,
    /// What a host that can alter a resource before it is made may set where the policy fails: for each type that the
    /// policy is about, values by JSON Pointers into `object`. It is set only where the policy passes by it.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, serde_json::Value>>")]
    pub remediate: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
    /// Where more is said about it: an address that begins with `https://`.
    #[serde(default)]
    pub guideline: Option<String>,
    /// The controls of standards that the policy serves, such as `soc2/CC6.1` (R393).
    #[serde(default)]
    pub controls: Vec<String>,
    /// What becomes of a result that depends on a value not known until apply.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// Examples with the result that each must have.
    #[serde(default)]
    pub tests: Vec<TestDocument>,
}

/// In which direction a parameter makes a policy stricter.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Stricter {
    /// A smaller number.
    Lower,
    /// A larger number.
    Higher,
    /// A list that leaves elements out.
    Fewer,
    /// A list that has elements more.
    More,
}

impl Stricter {
    /// Whether a value is as strict as another, or stricter.
    pub(super) fn holds(self, from: &serde_json::Value, to: &serde_json::Value) -> bool {
        use serde_json::Value::{Array, Number};

        let within = |small: &[serde_json::Value], large: &[serde_json::Value]| {
            small.iter().all(|element| large.contains(element))
        };
        let ordered = |small: &serde_json::Number, large: &serde_json::Number| match (
            small.as_i128(),
            large.as_i128(),
        ) {
            (Some(small), Some(large)) => small <= large,
            _ => small.as_f64().zip(large.as_f64()).is_some_and(|(small, large)| small <= large),
        };
        match (self, from, to) {
            (Self::Lower, Number(from), Number(to)) => ordered(to, from),
            (Self::Higher, Number(from), Number(to)) => ordered(from, to),
            (Self::Fewer, Array(from), Array(to)) => within(to, from),
            (Self::More, Array(from), Array(to)) => within(from, to),
            _ => false,
        }
    }
}

/// Which resource changes a policy is about.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MatchDocument {
    /// Resource types, such as `aws_s3_bucket`; `*` stands for any run of characters.
    #[schemars(length(min = 1))]
    pub resources: Vec<String>,
    /// What is to be done to the resource.
    #[serde(default = "create_and_update")]
    #[schemars(length(min = 1))]
    pub actions: Vec<ActionWord>,
}

fn create_and_update() -> Vec<ActionWord> {
    vec![ActionWord::Create, ActionWord::Update]
}

/// What is to be done to a resource, as a policy matches it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ActionWord {
    /// Something comes into being or under management: a create, a replacement, an import.
    Create,
    /// Something is altered: an update in place, a replacement.
    Update,
    /// Something is destroyed: a delete, a replacement.
    Delete,
    /// Something is only read.
    Read,
    /// Nothing is done.
    NoOp,
    /// Something is no longer managed and stays as it is.
    Forget,
}

impl ActionWord {
    /// Whether what is to be done falls under the word.
    ///
    /// A replacement falls under create and update alike, and under delete (or forget) too, so that
    /// no rule about one of them is escaped by forcing a replacement.
    pub fn covers(self, actions: Actions, importing: bool) -> bool {
        match self {
            Self::Create => actions.creates() || importing,
            Self::Update => actions == Actions::Update || actions.replaces(),
            Self::Delete => actions.deletes(),
            Self::Read => actions == Actions::Read,
            Self::NoOp => actions == Actions::NoOp,
            Self::Forget => matches!(actions, Actions::Forget | Actions::CreateForget),
        }
    }
}

/// A named value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VariableDocument {
    /// The name, a CEL identifier; read as `variables.name`.
    pub name: String,
    /// How the value is computed.
    pub expression: Expressions,
    /// In what language the text that the expression yields is written, to be read as a document.
    #[serde(default)]
    pub decode: Option<Decode>,
}

/// The language of a text that holds a document, as providers keep container definitions and access policies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Decode {
    /// JSON; a text that is not JSON makes the variable an error.
    Json,
}

/// One CEL expression, or one for each resource type where tools shape the same thing differently.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Expressions {
    /// One for every type.
    Every(String),
    /// One for each type; for another type the variable cannot be read.
    PerType(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for Expressions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected;

        impl<'de> Visitor<'de> for Expected {
            type Value = Expressions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an expression, or a map from resource types to expressions")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Expressions::Every(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Expressions::PerType)
            }
        }

        deserializer.deserialize_any(Expected)
    }
}

/// Something that must be true.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidationDocument {
    /// A CEL expression; only the result `true` is a pass.
    pub expression: String,
    /// What to say when it is not true.
    #[serde(default)]
    pub message: Option<String>,
    /// A CEL expression that yields what to say when it is not true; it may quote the resource's values.
    #[serde(default)]
    pub message_expression: Option<String>,
    /// What would turn it into a pass.
    #[serde(default)]
    pub remedy: Option<String>,
}

/// What becomes of a result that depends on a value not known until apply.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknown {
    /// It denies like a failure.
    #[default]
    Deny,
    /// It is owed: the applied state is evaluated again before the next stage.
    VerifyAfter,
}

/// An example with the result that it must have.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestDocument {
    /// The test's name, unique in its policy.
    pub name: String,
    /// The resource that is changed.
    pub resource: TestResource,
    /// The values after; absent is null.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub object: IgnoredAny,
    /// The values before; absent is null.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub old_object: IgnoredAny,
    /// JSON Pointers into `object` of what is not known until apply. The last part may name a member that is absent.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// JSON Pointers into `object` of what is sensitive.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// The request; absent is null.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub request: IgnoredAny,
    /// The actor; absent is null.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub actor: IgnoredAny,
    /// The stage; absent is null.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub stage: IgnoredAny,
    /// The result that the policy must have.
    pub expect: Expect,
    /// What `object` becomes where a host sets what `remediate` says; the policy must pass by it.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub remediated: Option<IgnoredAny>,
}

/// The resource of a test.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestResource {
    /// The type, such as `aws_s3_bucket`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The address; absent is the type, a dot and `test`.
    #[serde(default)]
    pub address: Option<String>,
    /// The provider's address.
    #[serde(default)]
    pub provider: Option<String>,
    /// The steps in order, such as `[delete, create]` for a replacement.
    #[serde(default = "create")]
    #[schemars(length(min = 1, max = 2))]
    pub actions: Vec<ActionWord>,
    /// The types of its provisioners, such as `local-exec`.
    #[serde(default)]
    pub provisioners: Vec<String>,
}

fn create() -> Vec<ActionWord> {
    vec![ActionWord::Create]
}

/// A pack by name and version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackReference {
    /// The pack's name.
    pub pack: String,
    /// The pack's version.
    pub version: String,
}

impl fmt::Display for PackReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.pack, self.version)
    }
}

/// The result that a test must have, or has.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// Every validation yields true.
    Pass,
    /// A validation yields false or null.
    Fail,
    /// The result depends on a value that is not known, or that is sensitive.
    Unknown,
    /// An expression fails, such as on a text that is no number; this denies like a failure.
    Error,
    /// The policy is not about the resource.
    Unmatched,
}

impl Expect {
    /// The word for the result.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::Unmatched => "unmatched",
        }
    }
}
