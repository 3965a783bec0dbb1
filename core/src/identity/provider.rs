//! Providers: whose tokens count, and what their claims mean.
//!
//! The document's expressions use the names of Google's workload identity federation, so that rules
//! written for one work in the other: `assertion` is the token's claims, `google.subject` and
//! `attribute.NAME` are what the mapping makes of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Preset,
    jwks::KeySet,
    preset::{Issuer, UNKNOWN},
    text::is_name,
    token::{Claims, Contents, Expectation, Validity, VerifiedToken, refused, verify},
};
use crate::{
    canonical,
    cel::{Budget, Environment, Expected, Outcome, Program, Scope},
    digest::Digest,
    error::{Code, Error, Result},
    limits,
    time::{Duration, Instant},
    value::Value,
};

/// The longest lifetime that a provider may accept: credentials are short-lived (R010).
const LONGEST_LIFETIME: Duration = Duration::from_seconds(24 * 3_600);
/// The largest difference between clocks that a provider may forgive.
const LARGEST_SKEW: Duration = Duration::from_seconds(600);

const SUBJECT: &str = "google.subject";
const ATTRIBUTE: &str = "attribute.";

/// Whose tokens count, as a charter says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderDocument {
    /// The provider's name.
    pub provider: String,
    /// A well-known issuer, whose claims are mapped already.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// The exact value of the claim `iss`; needed unless the preset has one.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The audiences that tokens may be for; a token for any other besides is refused.
    pub audiences: Vec<String>,
    /// How long tokens may live, from `iat` to `exp` (R010); the preset's, or an hour.
    #[serde(default)]
    pub max_lifetime: Option<Duration>,
    /// How far the issuer's clock may differ from the host's.
    #[serde(default = "default_clock_skew")]
    pub clock_skew: Duration,
    /// CEL expressions over `assertion` that give text, by `google.subject` or `attribute.NAME`. They add to
    /// the preset's. Empty text sets no attribute.
    #[serde(default)]
    pub attribute_mapping: BTreeMap<String, String>,
    /// A CEL expression over `assertion`, `google.subject` and `attribute.NAME` that must be true (R017). Needed
    /// where strangers get tokens of the same issuer, and where nothing is known of the issuer. An
    /// attribute that is not set reads as empty text.
    #[serde(default)]
    pub attribute_condition: Option<String>,
}

fn default_clock_skew() -> Duration {
    Duration::from_seconds(60)
}

/// A provider whose document makes sense, with its expressions compiled.
///
/// ```
/// use poundlock::{Value, identity::{Provider, ProviderDocument}};
///
/// let document: ProviderDocument = Value::parse_yaml(br#"
/// provider: github
/// preset: github-actions
/// audiences: [https://poundlock.example]
/// attributeCondition: attribute.repository == 'acme/infra' && attribute.ref == 'refs/heads/main'
/// "#)?.deserialize()?;
/// assert_eq!(Provider::new(&document)?.issuer(), "https://token.actions.githubusercontent.com");
///
/// let nobodys = ProviderDocument { attribute_condition: None, ..document };
/// assert_eq!(Provider::new(&nobodys).unwrap_err().code(), "charter.invalid");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Debug)]
pub struct Provider {
    name: String,
    digest: Digest,
    issuer: String,
    audiences: Vec<String>,
    max_lifetime: Duration,
    clock_skew: Duration,
    svid: bool,
    /// What expressions of the mapping see, and the slot of `assertion` in it.
    mapping_scope: (Environment, usize),
    subject: Program,
    attributes: Vec<(String, Program)>,
    condition_scope: ConditionScope,
    conditions: Vec<Program>,
}

/// What conditions see.
#[derive(Debug)]
struct ConditionScope {
    environment: Environment,
    assertion: usize,
    subject: Vec<usize>,
    /// In the order of the attributes.
    attributes: Vec<usize>,
}

impl Provider {
    /// Checks a document and compiles its expressions.
    ///
    /// # Errors
    ///
    /// With a JSON Pointer into the document: `charter.invalid` when a field does not make sense or one
    /// is missing, `charter.duplicate` when an attribute is the preset's already, `limit.count`, and
    /// `policy.…` when an expression does not compile or is constant.
    pub fn new(document: &ProviderDocument) -> Result<Self> {
        let preset = document.preset.map_or(UNKNOWN, Preset::issuer);
        check_names(document)?;
        let issuer = document.issuer.as_deref().or(preset.issuer).ok_or_else(|| {
            invalid("/issuer", "the provider needs the `issuer` whose tokens count")
        })?;
        if issuer.is_empty() || issuer.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(invalid(
                "/issuer",
                "the issuer is empty, or holds spaces or control characters",
            ));
        }
        let max_lifetime = document.max_lifetime.unwrap_or(preset.max_lifetime);
        if max_lifetime.as_seconds() == 0 || max_lifetime > LONGEST_LIFETIME {
            let message = format!("tokens live at most {LONGEST_LIFETIME}, and at least a second");
            return Err(invalid("/maxLifetime", message));
        }
        if document.clock_skew > LARGEST_SKEW {
            let message = format!("clocks may differ by at most {LARGEST_SKEW}");
            return Err(invalid("/clockSkew", message));
        }

        let mut mapping = Environment::new();
        let assertion = mapping.variable("assertion");
        let subject =
            document.attribute_mapping.get(SUBJECT).map_or("assertion.sub", String::as_str);
        let subject = compile(subject, &mapping, Expected::Text, &pointer(SUBJECT))?;
        let attributes = compile_attributes(document, &preset, &mapping)?;
        let condition_scope = ConditionScope::new(&attributes);
        let conditions = compile_conditions(document, &preset, &condition_scope.environment)?;
        Ok(Self {
            name: document.provider.clone(),
            digest: Digest::of_kind("provider", &canonical::to_bytes(document)?),
            issuer: issuer.to_owned(),
            audiences: document.audiences.clone(),
            max_lifetime,
            clock_skew: document.clock_skew,
            svid: document.preset == Some(Preset::Spiffe),
            mapping_scope: (mapping, assertion),
            subject,
            attributes,
            condition_scope,
            conditions,
        })
    }

    /// The provider's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of its document: two providers that have it in common verify alike.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The issuer whose tokens count.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The audiences that tokens may be for.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// The names of the attributes that its tokens may have.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// Verifies a token at an instant: its signature by a key of the set, issuer, audience, validity and
    /// lifetime, and the condition.
    ///
    /// # Errors
    ///
    /// - `limit.size` above [`limits::TOKEN_BYTES`], before anything is read.
    /// - `identity.token_malformed`: it is not a signed token in compact form and nothing else.
    /// - `identity.token_header`: its header brings a key or an extension, or is of another type.
    /// - `identity.token_algorithm`: its algorithm is not asymmetric, or not its key's.
    /// - `identity.token_key`: the set does not have its key.
    /// - `identity.token_signature`: its signature is wrong.
    /// - `identity.token_claim`: a claim that every token has is absent or not what it should be.
    /// - `identity.token_issuer`, `identity.token_audience`: it is somebody else's, or for somebody else.
    /// - `identity.token_lifetime`, `identity.token_expired`, `identity.token_not_yet_valid`.
    /// - `identity.token_attribute`: the mapping does not give text for it.
    /// - `identity.token_condition`: a condition is not true of it.
    pub fn verify(&self, token: &str, keys: &KeySet, at: Instant) -> Result<VerifiedToken> {
        let expected = Expectation {
            issuer: &self.issuer,
            audiences: &self.audiences,
            max_lifetime: self.max_lifetime,
            clock_skew: self.clock_skew,
            svid: self.svid,
        };
        let Claims { all, validity, digest } = verify(token, keys, &expected, at)?;
        let Validity { issued_at, valid_from, expires_at } = validity;
        let mut budget = Budget::new(limits::EVALUATION_STEPS);
        let (environment, assertion) = &self.mapping_scope;
        let mut scope = Scope::new(environment);
        scope.lend(*assertion, &all);
        let subject = attribute(&self.subject, &scope, &mut budget)
            .filter(|subject| !subject.is_empty())
            .ok_or_else(|| not_text(SUBJECT))?;
        let mut values = Vec::with_capacity(self.attributes.len());
        for (name, program) in &self.attributes {
            let value = attribute(program, &scope, &mut budget)
                .ok_or_else(|| not_text(&format!("{ATTRIBUTE}{name}")))?;
            values.push(value);
        }
        self.check_conditions(&all, &subject, &values, &mut budget)?;
        let names = self.attributes.iter().map(|(name, _)| name.clone());
        Ok(VerifiedToken(Contents {
            provider: self.name.clone(),
            provider_digest: self.digest,
            issuer: self.issuer.clone(),
            subject,
            attributes: names.zip(values).filter(|(_, value)| !value.is_empty()).collect(),
            issued_at,
            valid_from,
            expires_at,
            digest,
        }))
    }

    /// Whether it was by these rules that a token was verified, and not by others of the same name.
    pub fn verified(&self, token: &VerifiedToken) -> bool {
        token.provider_digest() == self.digest
    }

    /// Whether a token that it verified is valid at an instant, give or take what clocks may differ.
    pub fn covers(&self, token: &VerifiedToken, at: Instant) -> bool {
        at < token.expires_at().saturating_add(self.clock_skew)
            && token.valid_from() <= at.saturating_add(self.clock_skew)
    }

    fn check_conditions(
        &self,
        claims: &Value,
        subject: &str,
        values: &[String],
        budget: &mut Budget,
    ) -> Result<()> {
        let visible = &self.condition_scope;
        let mut scope = Scope::new(&visible.environment);
        scope.lend(visible.assertion, claims);
        for slot in &visible.subject {
            scope.lend_text(*slot, subject);
        }
        for (slot, value) in visible.attributes.iter().zip(values) {
            scope.lend_text(*slot, value);
        }
        let holds = |program: &Program| match program.evaluate(&scope, budget) {
            Outcome::Result(result) => result.as_bool() == Some(true),
            _ => false,
        };
        if self.conditions.iter().all(holds) {
            return Ok(());
        }
        let message = "the provider's condition is not true of the token";
        Err(refused(Code::IdentityTokenCondition, message).with_help(
            "ask from the repository, ref and environment that `attributeCondition` names",
        ))
    }
}

impl ConditionScope {
    fn new(attributes: &[(String, Program)]) -> Self {
        let mut environment = Environment::new();
        let assertion = environment.variable("assertion");
        let subject = environment.group("google", &["subject".to_owned()]);
        let names: Vec<String> = attributes.iter().map(|(name, _)| name.clone()).collect();
        let attributes = environment.group("attribute", &names);
        Self { environment, assertion, subject, attributes }
    }
}

fn check_names(document: &ProviderDocument) -> Result<()> {
    if !is_name(&document.provider) || document.provider.contains(char::is_whitespace) {
        return Err(invalid(
            "/provider",
            "the provider's name is empty, too long, or holds spaces",
        ));
    }
    if document.audiences.is_empty() {
        return Err(invalid(
            "/audiences",
            "the provider names no audience, so that no token is for it",
        ));
    }
    for (index, audience) in document.audiences.iter().enumerate() {
        let plain = !audience.is_empty() && !audience.chars().any(char::is_control);
        if !plain || audience.len() > limits::TEXT_BYTES {
            return Err(invalid(
                &format!("/audiences/{index}"),
                "an audience is empty, too long, or holds control characters",
            ));
        }
    }
    Ok(())
}

/// The preset's attributes and the document's own, sorted by name.
fn compile_attributes(
    document: &ProviderDocument,
    preset: &Issuer,
    environment: &Environment,
) -> Result<Vec<(String, Program)>> {
    let mut sources: BTreeMap<&str, &str> = preset.mapping.iter().copied().collect();
    for (key, source) in &document.attribute_mapping {
        if key == SUBJECT {
            continue;
        }
        let name =
            key.strip_prefix(ATTRIBUTE).filter(|name| is_attribute(name)).ok_or_else(|| {
                invalid(
                    &pointer(key),
                    "a mapping is neither for `google.subject` nor for an attribute",
                )
                .with_help(
                    "name it attribute. and a name of up to 100 of a-z, 0-9 and _, a letter first",
                )
            })?;
        if sources.insert(name, source).is_some() {
            let message = "the preset maps this attribute already";
            return Err(Error::new(Code::CharterDuplicate, message).at_pointer(pointer(key)));
        }
    }
    if sources.len() > limits::CLAIMS {
        let message = format!("a provider has at most {} attributes", limits::CLAIMS);
        return Err(Error::new(Code::LimitCount, message).at_pointer("/attributeMapping"));
    }
    let compiled = sources.into_iter().map(|(name, source)| {
        let place = pointer(&format!("{ATTRIBUTE}{name}"));
        Ok((name.to_owned(), compile(source, environment, Expected::Text, &place)?))
    });
    compiled.collect()
}

fn compile_conditions(
    document: &ProviderDocument,
    preset: &Issuer,
    environment: &Environment,
) -> Result<Vec<Program>> {
    let place = "/attributeCondition";
    if preset.shared && document.attribute_condition.is_none() {
        return Err(invalid(
            place,
            "strangers may get tokens of this issuer, and nothing says whose count",
        )
        .with_help("name yours: attributeCondition: attribute.repository == 'acme/infra'"));
    }
    let own = document.attribute_condition.as_deref();
    let sources = preset.condition.into_iter().chain(own);
    let compiled = sources.map(|source| {
        let program = compile(source, environment, Expected::Bool, place)?;
        if program.constant().is_some() {
            let message = "the condition is the same for every token";
            return Err(Error::new(Code::PolicyConstant, message).at_pointer(place));
        }
        Ok(program)
    });
    compiled.collect()
}

fn compile(
    source: &str,
    environment: &Environment,
    expected: Expected,
    pointer: &str,
) -> Result<Program> {
    Program::compile(source, environment, expected).map_err(|error| {
        // The line and column that the error has are those of the expression, not of the document.
        let wrapped = Error::new(error.to_code(), error.message()).at_pointer(pointer);
        match error.help() {
            Some(help) => wrapped.with_help(help),
            None => wrapped,
        }
    })
}

/// The text that an expression gives; `None` for anything else, or text that no claim may have.
fn attribute(program: &Program, scope: &Scope<'_>, budget: &mut Budget) -> Option<String> {
    match program.evaluate(scope, budget) {
        Outcome::Result(result) => result
            .as_str()
            .filter(|text| text.len() <= limits::TEXT_BYTES && !text.chars().any(char::is_control))
            .map(str::to_owned),
        _ => None,
    }
}

fn is_attribute(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn not_text(name: &str) -> Error {
    refused(
        Code::IdentityTokenAttribute,
        format!("the mapping gives no acceptable text for `{name}`"),
    )
    .with_help("the token lacks a claim that the mapping reads, or the claim is not text")
}

fn pointer(key: &str) -> String {
    format!("/attributeMapping/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn invalid(pointer: &str, message: impl Into<String>) -> Error {
    Error::new(Code::CharterInvalid, message).at_pointer(pointer)
}
