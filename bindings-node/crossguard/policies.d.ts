import type { PolicyConfigSchema } from '@pulumi/policy/policy';
import type * as documents from '../documents';
import type { Engine } from '../face/engine';
import type { Level } from './config';
/** A policy of a pack. */
export interface PolicyOfPack {
    /** Its name and that of its pack, as findings have it. */
    readonly name: string;
    readonly description: string;
    readonly level: Level;
    readonly controls: readonly string[];
    /** Where more is said about it. */
    readonly guideline: string | undefined;
    readonly params: Readonly<Record<string, unknown>>;
    /** In which direction a parameter is stricter. */
    readonly stricter: Readonly<Record<string, documents.Stricter>>;
    readonly remedies: readonly string[];
    /** By resource type, values by JSON Pointers. */
    readonly remediate: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
/**
 * The policies of a stage, in the order of its packs.
 *
 * @throws {PoundlockError} `charter.undeclared` for a stage that the charter does not have, `policy.empty` for one
 *   without packs.
 */
export declare function policiesOf(engine: Engine, stage: string): Map<string, PolicyOfPack>;
/** What CrossGuard shows of a policy. */
export declare function metadata(policy: PolicyOfPack): {
    configSchema?: PolicyConfigSchema;
    framework?: {
        name: string;
        version: string;
        reference: string;
        specification: string;
    };
    url?: string;
    remediationSteps?: string;
    name: string;
    description: string;
    enforcementLevel: "remediate" | Level;
    tags: string[];
};
/** Whether it declares values to set for any type. */
export declare function remediates(policy: PolicyOfPack): boolean;
