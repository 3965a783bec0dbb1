import { type Sent } from './properties';
/** What is set, by JSON Pointers. */
export type Settings = Readonly<Record<string, unknown>>;
/**
 * Whether the settings can be made: nothing that is secret, or not known yet, is replaced or gone through, and what is
 * gone through holds members.
 */
export declare function fits(sent: {
    [key: string]: Sent;
}, settings: Settings): boolean;
/** Makes the settings; what is gone through and not there is made. */
export declare function apply(properties: object, settings: Settings): void;
