/// <reference lib="esnext.disposable" preserve="true" />
interface Native {
    close(): void;
}
/** Something of the library's own. It can be let go before the garbage collector finds it. */
export interface Handle extends Disposable {
}
export declare abstract class Handle {
    #private;
}
/** The native half of a handle, which must be of that class. */
export declare function nativeOf<N extends Native>(kind: {
    readonly prototype: N;
} & Function, handle: unknown): N;
/** The same, where there may be no handle. */
export declare function nativeIf<N extends Native>(kind: {
    readonly prototype: N;
} & Function, handle: unknown): N | undefined;
export {};
