//! Every code that a finding can have: stable API, listed once.

macro_rules! finding_codes {
    ($($name:ident $code:literal $meaning:literal)*) => {
        $(#[doc = $meaning] pub const $name: &str = $code;)*

        /// Every code with its meaning, in the order of the checks.
        pub const FINDING_CODES: &[(&str, &str)] = &[$(($code, $meaning)),*];
    };
}

finding_codes! {
    REQUEST_OK "request.ok" "The request is well formed and its instant fits the ledger."
    REQUEST_REASON "request.reason" "The request gives no reason (R186)."
    REQUEST_ID_REUSED "request.id_reused" "The id was used before with other content."
    REQUEST_STALE "request.stale" "The request repeats one that is older than the charter's request lifetime."
    TIME_BACKWARDS "time.backwards" "The instant lies before the ledger's last one by more than the charter's skew."
    TIME_AHEAD "time.ahead" "The instant lies further ahead of the ledger's last one than the charter allows."
    CHARTER_MISMATCH "charter.mismatch" "The ledger is governed by another charter."

    IDENTITY_OK "identity.ok" "The actor is declared, of the right kind, and granted the action."
    IDENTITY_UNDECLARED "identity.undeclared" "The charter does not declare the actor (R027)."
    IDENTITY_KIND "identity.kind" "The charter declares the actor as another kind."
    IDENTITY_UNVERIFIED "identity.unverified" "The charter demands verified actors, and this one is only asserted."
    IDENTITY_CLAIM "identity.claim" "A claim that the charter demands of the actor is absent or differs (R014)."
    IDENTITY_HUMAN "identity.human" "A person asks for what only a workload may do (R001)."
    IDENTITY_NOT_GRANTED "identity.not_granted" "The stage does not grant the action to the actor (R032)."

    CHANNEL_OK "channel.ok" "The request comes from CI or a controller."
    CHANNEL_LOCAL "channel.local" "The request comes from a person's machine (R050)."

    TARGET_OK "target.ok" "The stage is declared, and the place is its own."
    TARGET_STAGE_UNDECLARED "target.stage_undeclared" "No track has the stage (R149)."
    TARGET_TRACK_UNDECLARED "target.track_undeclared" "The track is not declared or does not have the stage."
    TARGET_TRACK_AMBIGUOUS "target.track_ambiguous" "More than one track has the stage, and the request names none."
    TARGET_MISSING "target.missing" "The request does not say which stack, project or backend it is about to change."
    TARGET_MISMATCH "target.mismatch" "The stack, project or backend is not the stage's own (R135)."

    SUBJECT_OK "subject.ok" "The subject is named by commit and plan digest, or by artifact digest."
    SUBJECT_KIND "subject.kind" "The track moves another kind of subject."
    SUBJECT_ACTION "subject.action" "The action does not exist on this kind of track."
    SUBJECT_COMMIT "subject.commit" "The commit is not a full hash (R043)."
    SUBJECT_PLAN_MISSING "subject.plan_missing" "No plan was handed in (R051)."
    SUBJECT_PLAN_MISMATCH "subject.plan_mismatch" "The plan handed in is not the one that the request names."
    SUBJECT_PLAN_UNRECORDED "subject.plan_unrecorded" "No admitted plan request for this stage has this plan digest and commit (R051)."
    SUBJECT_PLAN_SPENT "subject.plan_spent" "The plan was applied before; a plan is applied once."
    PLAN_INCOMPLETE "plan.incomplete" "The plan covers only a part of the configuration."
    SUBJECT_PLAN_BOUND "subject.plan_bound" "The plan was admitted before for another commit, ref or author."
    PLAN_NOT_APPLYABLE "plan.not_applyable" "The plan says of itself that it cannot be applied."
    PLAN_UNJUDGED "plan.unjudged" "The plan holds something that no policy can see, such as deferred changes or action invocations."
    PLAN_CHECK_FAILED "plan.check_failed" "A check of the configuration failed, and Terraform reports that as a mere warning."
    PLAN_CHECK_UNKNOWN "plan.check_unknown" "A check of the configuration cannot be told before apply."
    PLAN_DRIFT "plan.drift" "The plan found changes made outside the tool (R385)."

    BOUNDARY_OK "boundary.ok" "The subject may cross this boundary now."
    BOUNDARY_FIRST "boundary.first" "There is no stage before this one to promote from."
    BOUNDARY_JUMP "boundary.jump" "The lineage was never in the stage before (R132)."
    BOUNDARY_NOT_SUCCEEDED "boundary.not_succeeded" "The lineage entered the stage before, and its success was not recorded (R133)."
    BOUNDARY_SOAK "boundary.soak" "The lineage has not been long enough in the stage before."
    BOUNDARY_REF "boundary.ref" "The subject comes from a ref that the boundary does not accept."
    BOUNDARY_WINDOW "boundary.window" "The instant lies outside the change windows (R167)."
    BOUNDARY_PENDING "boundary.pending" "An earlier action on this asset in this stage has no known outcome."
    OBLIGATION_OPEN "obligation.open" "Something is still owed from the stage before."

    OBLIGATION_TOO_MANY "obligation.too_many" "More results would have to be found out after apply than an entry can hold."

    APPROVAL_OK "approval.ok" "Enough distinct, eligible people approved this digest."
    APPROVAL_NOT_REQUIRED "approval.not_required" "The boundary asks for no approval."
    APPROVAL_PROMOTED "approval.promoted" "A live promotion of this digest stands for the approvals that it spent."
    APPROVAL_MISSING "approval.missing" "Too few eligible people approved this digest."
    APPROVAL_DELAY "approval.delay" "The last approval is too recent (R156)."
    APPROVAL_AUTHOR_UNDECLARED "approval.author_undeclared" "The author is not declared, so that nobody can tell whether an approver is the author."

    EVIDENCE_OK "evidence.ok" "The gate has passing, fresh evidence about this subject."
    EVIDENCE_MISSING "evidence.missing" "The gate has no evidence about this subject."
    EVIDENCE_FAILED "evidence.failed" "The gate's latest evidence is a failure."
    EVIDENCE_ERROR "evidence.error" "The gate's latest evidence is that the tool could not tell."
    EVIDENCE_STALE "evidence.stale" "The gate's evidence is older than the gate accepts."
    EVIDENCE_FUTURE "evidence.future" "The gate's evidence was produced after the request's instant."

    POLICY_PASSED "policy.passed" "The policy passed for every resource that it matches."
    POLICY_FAILED "policy.failed" "A validation is false."
    POLICY_NULL "policy.null" "A validation yields null."
    POLICY_UNKNOWN "policy.unknown" "The result depends on a value that is not known until apply."
    POLICY_DEFERRED "policy.deferred" "The result is not known until apply, and the policy lets a later re-evaluation decide."
    VALUE_SENSITIVE "value.sensitive" "The result depends on a sensitive value."
    POLICY_ERROR "policy.error" "A validation could not be evaluated."
    POLICY_EXHAUSTED "policy.exhausted" "The evaluation used up its steps or bytes."
    POLICY_UNMATCHED "policy.unmatched" "No policy matches the resource, and the charter denies such resources."
    POLICY_NONE "policy.none" "No pack is pinned for the stage (R070)."

    GRANT_OK "grant.ok" "A live break-glass grant covers the request (R309)."
    GRANT_UNKNOWN "grant.unknown" "No grant of that hash was opened under the charter in force, or it is not one that the fact can be about."
    GRANT_ENDED "grant.ended" "The grant has expired, was closed, or was used as often as it can be (R309, R312)."
    GRANT_SCOPE "grant.scope" "The grant does not cover the actor, action, stage or asset (R308)."
    GRANT_NOT_OFFERED "grant.not_offered" "The charter does not offer such a grant (R307, R317)."
    GRANT_UNEXPLAINED "grant.unexplained" "The request for a grant, or its post-mortem, leaves out what has to be said (R339)."
    GRANT_REQUEST "grant.request" "No request for a grant of that hash can still be consented to or opened."
    GRANT_APPROVER "grant.approver" "The person cannot consent to this grant (R335)."
    GRANT_APPROVALS_MISSING "grant.approvals_missing" "Too few eligible people consented to the grant (R335)."
    GRANT_RATE "grant.rate" "Too many grants were opened in the time (R312)."
    GRANT_POST_MORTEM_OVERDUE "grant.post_mortem_overdue" "The post-mortem of an earlier grant is overdue (R311)."

    FACT_OK "fact.ok" "The fact is its recorder's to record."
    FACT_NOT_RECORDER "fact.not_recorder" "The charter does not let the actor record this kind of fact."
    FACT_APPROVER "fact.approver" "The person who is said to approve is not declared as one."
    FACT_SUBJECT "fact.subject" "The fact is about a stage, gate or asset that does not fit."
    FACT_EXPIRED "fact.expired" "The fact had expired before it was recorded."
    FACT_FUTURE "fact.future" "The fact is said to be produced after it is recorded."
    FACT_PERMIT "fact.permit" "There is no permit of this recorder's with that hash whose outcome is open."
    FACT_NOTHING "fact.nothing" "There is nothing of that hash that can still be withdrawn or erased."
    FACT_NEEDED "fact.needed" "The attachment is still needed: for the law in force, or as the newest snapshot."
    FACT_LAW "fact.law" "The charter that the fact names is in force already, or the fact changes nothing."
    FACT_KEYS "fact.keys" "The keys that the fact names are repeated, of another name, in force already, or none."
}
