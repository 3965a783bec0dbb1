//! The table of error codes: number, name and kind, all stable.

use super::ErrorKind;

macro_rules! codes {
    ($($number:literal $variant:ident $name:literal $kind:ident $meaning:literal)*) => {
        /// What went wrong, precisely. Names and numbers never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $meaning] $variant = $number,)*
        }

        impl Code {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The stable name, such as `ledger.link_mismatch`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The family that the code belongs to.
            pub const fn kind(self) -> ErrorKind {
                match self { $(Code::$variant => ErrorKind::$kind),* }
            }

            /// What the code means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning),* }
            }
        }
    };
}

codes! {
    100 InputEmpty "input.empty" Input "There is nothing in the input."
    101 InputEncoding "input.encoding" Input "The input is not valid text in an accepted encoding."
    102 InputSyntax "input.syntax" Input "The input is not well-formed JSON or YAML."
    103 InputDuplicateKey "input.duplicate_key" Input "A map has the same key twice."
    104 InputUnknownField "input.unknown_field" Input "A field is not known at this place."
    105 InputMissingField "input.missing_field" Input "A required field is absent."
    106 InputInvalidValue "input.invalid_value" Input "A value has the wrong type or is outside its range."
    107 InputYamlFeature "input.yaml_feature" Input "Anchors, aliases, tags, merge keys and further documents are refused, and in manifests what YAML 1.1 reads otherwise than 1.2."
    108 InputDigest "input.digest" Input "The text is not a digest of the form sha256:<64 hex digits>."
    109 InputInstant "input.instant" Input "The text is not an RFC 3339 instant with a time zone offset."
    110 InputDuration "input.duration" Input "The text is not a duration such as 90s, 15m, 24h or 7d."

    150 PlanNotAPlan "plan.not_a_plan" Input "The document is not the JSON form of a Terraform plan."
    151 PlanFormat "plan.format" Input "The plan has a format version that is not supported."
    152 PlanErrored "plan.errored" Input "Terraform reported errors while planning."
    153 PlanMalformed "plan.malformed" Input "A part of the plan does not have the shape of its format version."

    160 ReportMalformed "report.malformed" Input "A part of a report does not have the shape of its format."

    200 LimitSize "limit.size" Limit "The input is larger than its limit."
    201 LimitDepth "limit.depth" Limit "The input is nested deeper than its limit."
    202 LimitCount "limit.count" Limit "The input has more elements than its limit."
    203 LimitEntry "limit.entry" Limit "The entry is larger than 65,535 bytes."
    204 LimitRate "limit.rate" Limit "More callers who are not known were refused than are recorded in the time."

    250 CanonicalEncoding "canonical.encoding" Input "The bytes are not deterministic CBOR."
    251 CanonicalFloat "canonical.float" Input "Entries hold no floating-point numbers."

    300 PolicySyntax "policy.syntax" Policy "A CEL expression does not parse."
    301 PolicyUnknownName "policy.unknown_name" Policy "A CEL expression refers to a variable, field or function that does not exist."
    302 PolicyType "policy.type" Policy "A CEL expression cannot have the type that its place demands."
    303 PolicyConstant "policy.constant" Policy "A rule, or a part of one, gives the same result whatever the input, or can never fail."
    304 PolicyEmpty "policy.empty" Policy "A pack has no policy, or a policy has no validation."
    305 PolicyDuplicate "policy.duplicate" Policy "Two policies of a pack, or two variables of a policy, have the same name, or two validations are the same."
    306 PolicyComplexity "policy.complexity" Policy "A CEL expression is longer, deeper or larger than its limit."
    307 PolicyPinMissing "policy.pin_missing" Policy "A pack that the charter names has no pinned digest."
    308 PolicyPinMismatch "policy.pin_mismatch" Policy "A pack differs from its pinned digest."
    309 PolicyPackMissing "policy.pack_missing" Policy "A pack that the charter names was not supplied."
    310 PolicyOverlay "policy.overlay" Policy "An overlay does not fit its pack, or would weaken it."

    400 CharterInvalid "charter.invalid" Charter "The charter contradicts itself or can never be satisfied."
    401 CharterUndeclared "charter.undeclared" Charter "The charter refers to something that it does not declare."
    402 CharterDuplicate "charter.duplicate" Charter "The charter declares the same name twice."
    403 CharterMismatch "charter.mismatch" Charter "The charter is not the one that the ledger is governed by."
    404 CharterSecret "charter.secret" Charter "A text of the charter, its lock file or a pack holds what looks like a secret."
    405 CharterUnsigned "charter.unsigned" Charter "A gate judges by whom or from what an artifact was built, and lists no key that signs the report saying so."

    500 LedgerNotFound "ledger.not_found" Ledger "There is no ledger at this place."
    501 LedgerExists "ledger.exists" Ledger "There is already a ledger at this place."
    502 LedgerConflict "ledger.conflict" Conflict "Another writer appended first."
    503 LedgerLinkMismatch "ledger.link_mismatch" Ledger "An entry does not name the hash of the entry before it."
    504 LedgerSequence "ledger.sequence" Ledger "An entry has the wrong sequence number."
    505 LedgerChecksum "ledger.checksum" Ledger "A record's checksum does not match its bytes."
    506 LedgerRecord "ledger.record" Ledger "A record is not well formed."
    507 LedgerTruncated "ledger.truncated" Ledger "The ledger holds fewer entries than its head says."
    508 LedgerHeadMismatch "ledger.head_mismatch" Ledger "The ledger's entries do not have the root or last hash that its head says."
    509 LedgerHead "ledger.head" Ledger "The ledger's head is missing or not well formed."
    510 LedgerFormat "ledger.format" Ledger "The ledger or an entry has a format version that is not supported."
    511 LedgerAttachmentMissing "ledger.attachment_missing" Ledger "An attachment that an entry names is missing."
    512 LedgerAttachmentMismatch "ledger.attachment_mismatch" Ledger "An attachment does not have the digest that it is filed under."
    513 LedgerForked "ledger.forked" Ledger "A ledger handle was used in a forked child process."
    514 LedgerBody "ledger.body" Ledger "An entry's body does not have the shape of its kind."
    515 LedgerDirectory "ledger.directory" Ledger "A file does not belong in the ledger directory, or one that belongs there is missing."
    516 LedgerEntry "ledger.entry" Ledger "An entry is not well formed."
    517 LedgerGenesis "ledger.genesis" Ledger "The ledger does not begin with a genesis entry."
    518 LedgerTile "ledger.tile" Ledger "A stored node of the Merkle tree is missing or is not what the entries give."
    519 LedgerSnapshot "ledger.snapshot" Ledger "A snapshot is not the state that the entries before it add up to."
    521 LedgerArchive "ledger.archive" Ledger "The file is not the archive of a ledger, or was changed."

    550 CheckpointSyntax "checkpoint.syntax" Ledger "The text is not a signed checkpoint."
    551 CheckpointSignature "checkpoint.signature" Ledger "The signature of a trusted key on a checkpoint is wrong, or there twice."
    552 CheckpointUntrusted "checkpoint.untrusted" Ledger "Fewer trusted keys signed a checkpoint than must have."
    553 CheckpointOrigin "checkpoint.origin" Ledger "A checkpoint is another ledger's."
    554 CheckpointInconsistent "checkpoint.inconsistent" Ledger "Two checkpoints of one ledger cannot both be true."
    555 CheckpointRolledBack "checkpoint.rolled_back" Ledger "The ledger has fewer entries than a remembered checkpoint."
    556 CheckpointExtended "checkpoint.extended" Ledger "A checkpoint is rightly signed, but has extension lines that nothing here understands."

    560 ProofSyntax "proof.syntax" Ledger "The text is not a receipt or a fork proof."
    561 ProofInvalid "proof.invalid" Ledger "An inclusion or consistency proof does not prove what it should."
    565 KeyInvalid "key.invalid" Ledger "A key is not acceptable, or none is there."
    566 KeyPassphrase "key.passphrase" Ledger "The passphrase of a key is missing, wrong or not needed."
    567 KeyAmbiguous "key.ambiguous" Ledger "Two different keys have the same name and id."
    568 ForkUnproven "fork.unproven" Ledger "Two checkpoints are not shown to contradict each other."

    580 EntryUndecided "entry.undecided" Ledger "Deciding an entry again gives another entry than the recorded one."

    600 Io "io" Io "The operating system reported an error."

    700 ReplayUnavailable "replay.unavailable" Ledger "An attachment that replay needs no longer exists."

    800 IdentityTokenMalformed "identity.token_malformed" Input "The text is not a signed token in compact form and nothing else."
    801 IdentityTokenHeader "identity.token_header" Input "A token's header brings a key of its own or an extension, or its type is not that of an identity token."
    802 IdentityTokenAlgorithm "identity.token_algorithm" Input "A token's algorithm is not asymmetric, or not one of its key's."
    803 IdentityTokenKey "identity.token_key" Input "The key set does not have the key that a token names, or a token names none of several."
    804 IdentityTokenSignature "identity.token_signature" Input "A token's signature is wrong."
    805 IdentityTokenClaim "identity.token_claim" Input "A claim that every token has is absent or not what it should be."
    806 IdentityTokenIssuer "identity.token_issuer" Input "A token is of another issuer than the provider's (R015)."
    807 IdentityTokenAudience "identity.token_audience" Input "A token is for an audience that the provider does not declare."
    808 IdentityTokenLifetime "identity.token_lifetime" Input "A token lives longer than the provider allows, or not at all (R010)."
    809 IdentityTokenExpired "identity.token_expired" Input "A token has expired."
    810 IdentityTokenNotYetValid "identity.token_not_yet_valid" Input "A token is not valid yet."
    811 IdentityTokenAttribute "identity.token_attribute" Input "The provider's mapping gives no acceptable text for an attribute of a token."
    812 IdentityTokenCondition "identity.token_condition" Input "The provider's condition is not true of a token (R017)."
    813 IdentityTokenUnexpected "identity.token_unexpected" Input "A token was handed in that is no workload's of the charter, or for an actor that the charter binds to no provider."
    820 IdentityKeyInvalid "identity.key_invalid" Input "A key set is not acceptable, or has no key that tokens can be verified with."
    821 IdentityKeyAmbiguous "identity.key_ambiguous" Input "Two keys of a key set have the same `kid`."

    840 ApprovalStatement "approval.statement" Input "The text is not an approval statement in its one form."
    841 ApprovalSignatureMalformed "approval.signature_malformed" Input "The text is neither an SSH signature nor a DSSE envelope with one signature."
    842 ApprovalSignatureNamespace "approval.signature_namespace" Input "An SSH signature's namespace is not that of approvals."
    843 ApprovalSignaturePayloadType "approval.signature_payload_type" Input "An envelope's payload type is not that of approvals."
    844 ApprovalSignaturePayload "approval.signature_payload" Input "An envelope holds another statement than the one that is approved."
    845 ApprovalSignatureCertificate "approval.signature_certificate" Input "An SSH signature names a certificate in place of a key."
    846 ApprovalSignatureHash "approval.signature_hash" Input "An SSH signature uses a hash other than SHA-256 and SHA-512."
    847 ApprovalSignatureUnlisted "approval.signature_unlisted" Input "A signature's key is not among the allowed signers'."
    848 ApprovalSignaturePrincipal "approval.signature_principal" Input "A signature's key is another person's than the one who approves."
    849 ApprovalSignatureExpired "approval.signature_expired" Input "A signature's key does not count yet, or any more."
    850 ApprovalSignatureInvalid "approval.signature_invalid" Input "A signature is not one over the statement that is approved, or nobody touched the security key."

    860 TerraformEnvironment "terraform.environment" Input "The environment, or Terraform's own configuration, would change what Terraform does, or shows too much."
    861 TerraformArgument "terraform.argument" Input "An argument of Terraform's would change what is admitted, or is not known."
    862 TerraformFailed "terraform.failed" Io "Terraform could not be run, or failed, or answered what cannot be read."
    863 TerraformKept "terraform.kept" Input "The directory does not keep a plan of Terraform's that can be applied."
    864 TerraformMoved "terraform.moved" Input "The workspace, backend or state is not any more what the plan was made of."
    865 TerraformRepeated "terraform.repeated" Input "This application was admitted before, so that it may have been begun."

    870 HandleClosed "handle.closed" Input "A handle was used after it was closed."

    900 Internal "internal" Internal "A defect of this library."
}
