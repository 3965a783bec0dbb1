import type * as documents from '../documents';
import { type Text } from './input';
/** A charter that makes sense as a whole. */
export declare class Charter {
    #private;
    /**
     * @param text The charter, in YAML.
     * @throws {PoundlockError} `input.…` and `charter.…`, with line and column.
     */
    constructor(text: Text);
    /** Its name. */
    get name(): string;
    /** Its version, for people; what counts is the digest. */
    get version(): string;
    /** The digest over its canonical form. */
    get digest(): string;
    /** What it says, with every default filled in. */
    get document(): documents.CharterDocument;
}
