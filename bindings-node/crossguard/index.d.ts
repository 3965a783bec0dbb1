import type { PolicyPackArgs, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy/policy';
/** By which rules a Pulumi program is judged. */
export interface CrossGuardOptions {
    /** The charter's file; its lock file, `packs` and `overlays` lie beside it. */
    charter: string;
    /** The stage that the program's stack is. */
    stage: string;
}
/** A policy that judges each resource, and at the end the whole stack. */
export type CrossGuardPolicy = ResourceValidationPolicy & StackValidationPolicy;
/** What `new PolicyPack(name, …)` takes. */
export interface CrossGuardPack extends PolicyPackArgs {
    policies: CrossGuardPolicy[];
    enforcementLevel: 'mandatory';
}
/**
 * The packs of a charter's stage, for `new PolicyPack(name, poundlockPack({ charter, stage }))`: one CrossGuard policy for
 * each policy, and one, `poundlock`, for what is no policy's.
 *
 * CrossGuard only checks: `poundlock ci` or `admit` is what records and permits. It does not tell what was before, nor
 * whether something is created or updated, so each resource is judged as both, and what was before is unknown. It
 * does not show what is deleted.
 *
 * @throws {PoundlockError} `io`, `charter.…`, `policy.…` for rules that cannot be used, `policy.empty` for a stage without
 *   packs, `input.invalid_value` where there is no `@pulumi/policy` of a version that is known.
 */
export declare function poundlockPack(options: CrossGuardOptions): CrossGuardPack;
