import type { Configured } from './host';
import type { PolicyOfPack } from './policies';
/** How a violation counts. */
export type Level = 'advisory' | 'mandatory';
/** Refuses a configuration that weakens a policy, or would have it judge by other values. */
export declare function accept(policies: ReadonlyMap<string, PolicyOfPack>, configured: ReadonlyMap<string, Configured>): Map<string, Level>;
