// What the library answers, as objects that keep its own text.

import { refusal } from './errors'
import { type Input, handedIn, textOf } from './input'

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** A JSON document: its members, and its text byte for byte. */
export class Document<T extends object> {
  /** The document's own text, in JSON. */
  declare readonly json: string
  #members: T | undefined

  constructor(document: Input<T>) {
    const given = handedIn(document)
    // Members that were read and the text never differ.
    Object.defineProperty(this, 'json', { enumerable: true, value: textOf(given) })
  }

  /** The document as plain data, a new copy each time. */
  toJSON(): T {
    try {
      return JSON.parse(this.json)
    } catch {
      // JavaScript's own message quotes the text.
      throw refusal({ code: 'input.syntax', message: 'this is not JSON' })
    }
  }

  /** @internal Reads a member; the text is parsed when the first one is read. */
  static member<T extends object, K extends keyof T>(document: Document<T>, name: K): T[K] {
    document.#members ??= document.toJSON()
    return document.#members[name]
  }

  /** @internal What `console.log` shows. */
  [INSPECT](): T {
    return this.toJSON()
  }
}

/** An answer of the library: its members as properties, and its text as `json`. */
export type Answer<T extends object> = Document<T> & Readonly<T>

/** Reads an answer. */
export function answer<T extends object>(text: string): Answer<T> {
  const document = new Document<T>(text)
  Object.assign(document, document.toJSON())
  return Object.freeze(document) as Answer<T>
}

/** An object of a class for a part of an answer. */
export function part<D>(of: new (document: string) => D): (value: object) => D {
  return (value) => new of(JSON.stringify(value))
}

/** The same for a list of them. */
export function parts<D>(of: new (document: string) => D): (values: readonly object[]) => readonly D[] {
  return (values) => Object.freeze(values.map(part(of)))
}

/** How a member is handed out: as it is, or as objects of a class. */
type Wrap<V> = null | ((value: NonNullable<V>) => unknown)

/**
 * Gives a class of documents a property for each member. The list is complete, or it does not compile.
 *
 * @internal
 */
export function members<T extends object>(
  of: { readonly prototype: Document<T> },
  wraps: { readonly [K in keyof Required<T>]: Wrap<T[K]> },
): void {
  for (const [name, wrap] of Object.entries(wraps) as [keyof T & string, Wrap<T[keyof T]>][]) {
    Object.defineProperty(of.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: Document<T>) {
        const value = Document.member(this, name)
        if (wrap === null || value === null || value === undefined) return value
        const wrapped = wrap(value)
        // It is made once.
        Object.defineProperty(this, name, { value: wrapped })
        return wrapped
      },
    })
  }
}
