// Charters.

import type * as documents from '../documents'
import { type Answer, answer } from './document'
import { sync } from './errors'
import { type Text, json, textOf } from './input'
import { native } from './native'

/** A charter that makes sense as a whole. */
export class Charter {
  readonly #known: Answer<documents.CharterAnswer>

  /**
   * @param text The charter, in YAML.
   * @throws {PoundlockError} `input.…` and `charter.…`, with line and column.
   */
  constructor(text: Text) {
    const input = json({ charter: textOf(text) })
    this.#known = answer(sync(() => native.call('charter', input)))
  }

  /** Its name. */
  get name(): string {
    return this.#known.name
  }

  /** Its version, for people; what counts is the digest. */
  get version(): string {
    return this.#known.version
  }

  /** The digest over its canonical form. */
  get digest(): string {
    return this.#known.digest
  }

  /** What it says, with every default filled in. */
  get document(): documents.CharterDocument {
    return this.#known.document
  }
}
