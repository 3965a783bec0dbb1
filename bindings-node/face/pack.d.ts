import type * as documents from '../documents';
import { type Answer } from './document';
import { Handle } from './handle';
import { type Input, type Text } from './input';
import type { Plan } from './plan';
/** A policy pack, checked and compiled. */
export declare class PolicyPack extends Handle {
    #private;
    /**
     * @param pack The pack, in YAML.
     * @param overlays What makes it stricter, in YAML, in the order in which it counts.
     * @throws {PoundlockError} `input.…` and `policy.…`, with line and column.
     */
    constructor(pack: Text, overlays?: readonly Text[]);
    /** Its name. */
    get name(): string;
    /** Its version. */
    get version(): string;
    /** The digest over its canonical form, which a lock file pins. */
    get digest(): string;
    /** Its policies, in the order of the document. */
    get policies(): readonly documents.PolicyAnswer[];
    /** Name, version, digest and policies. */
    describe(): Answer<documents.PackAnswer>;
    /** What is allowed but unwise. */
    lint(): Answer<documents.LintAnswer>;
    /** Runs the pack's own tests. */
    test(): Answer<documents.TestAnswer>;
    /** As `test`, in another thread. */
    testAsync(): Promise<Answer<documents.TestAnswer>>;
    /** Judges a plan; nothing is recorded. A denial is an answer. */
    check(plan: Plan, options?: Input<documents.CheckInput>): Answer<documents.PlanReport>;
    /** As `check`, in another thread. */
    checkAsync(plan: Plan, options?: Input<documents.CheckInput>): Promise<Answer<documents.PlanReport>>;
}
