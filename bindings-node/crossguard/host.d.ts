/** A protobuf struct, as the analyzer receives it. */
export interface Struct {
    getFieldsMap(): {
        forEach(visit: (value: StructValue, key: string) => void): void;
    };
}
/** A value within it. */
export interface StructValue {
    getKindCase(): number;
    getNumberValue(): number;
    getStringValue(): string;
    getBoolValue(): boolean;
    getStructValue(): Struct | undefined;
    getListValue(): {
        getValuesList(): StructValue[];
    } | undefined;
}
/** What a configuration says of a policy. */
export interface Configured {
    /** The number of the level, of which 0 is `advisory`, 1 `mandatory`, 2 `disabled` and 3 `remediate`. */
    readonly level: number;
    readonly properties: Struct | undefined;
}
/**
 * Watches the policy host from now on.
 *
 * @param onConfigure Gets every configuration before the host does; what it throws refuses the configuration.
 * @throws {PoundlockError} `input.invalid_value` where there is no `@pulumi/policy`, or one that works in another way.
 */
export declare function watch(onConfigure: (policies: ReadonlyMap<string, Configured>) => void): void;
/** The properties of a resource as they arrived. */
export declare function structOf(properties: object): Struct;
/** The properties as they are now, with secrets wrapped as they arrive. */
export declare function serialized(properties: object): Promise<object>;
/** Whether this is a preview: only then may a value be unknown. */
export declare function isPreview(): boolean;
