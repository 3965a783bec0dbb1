interface Law {
    charter: Uint8Array;
    lock: Uint8Array;
    packs: Uint8Array[];
}
export declare function readLaw(charter: string): Law;
export declare function readLawAsync(charter: string): Promise<Law>;
export {};
