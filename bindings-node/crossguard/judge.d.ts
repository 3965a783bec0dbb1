import type * as documents from '../documents';
import type { Engine } from '../face/engine';
import type { Values } from './properties';
/** A resource, as the policy host describes it. */
export interface Described {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** The provider's type; what no provider makes has none. */
    readonly provider: string | undefined;
    readonly values: Values;
}
/** Something that did not pass. */
export interface Found {
    readonly urn: string | undefined;
    readonly finding: documents.Finding;
}
/** What came of judging resources. */
export interface Judgement {
    /** What did not pass, by policy; what is no policy's is under `undefined`. */
    readonly found: ReadonlyMap<string | undefined, readonly Found[]>;
    /** The policies that were about something. */
    readonly applied: ReadonlySet<string>;
}
/** Judges resources by the packs of a stage, in one call. */
export declare function judge(engine: Engine, stage: string, resources: readonly Described[]): Judgement;
