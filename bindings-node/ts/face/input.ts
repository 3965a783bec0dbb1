// What users hand in: text, bytes, or plain data that is written as JSON without losing anything.

import { Document } from './document'
import { refusal } from './errors'

/** A document: its JSON text, the bytes of that in UTF-8, or plain data. */
export type Input<T extends object> = T | Document<T> | string | Uint8Array

/** A text that is no JSON, such as a charter: a string, or its bytes in UTF-8. */
export type Text = string | Uint8Array

/** No input. */
export const NOTHING = ''

/** How deep data may nest, which is the library's own limit. */
const DEPTH = 128

/** What the native half takes. */
export function handedIn(input: object | string): string | Uint8Array {
  if (typeof input === 'string') return input
  if (input instanceof Uint8Array) return unshared(input)
  return input instanceof Document ? input.json : json(input)
}

/** Bytes that another thread may write while they are read are copied first. */
function unshared(bytes: Uint8Array): Uint8Array {
  const shared = typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer
  return shared ? Uint8Array.prototype.slice.call(bytes) : bytes
}

/** A text, for a member of an operation's input. */
export function textOf(text: Text): string {
  if (typeof text === 'string') return text
  if (!(text instanceof Uint8Array)) {
    throw refusal({ code: 'input.invalid_value', message: 'a text is a string, or its bytes' })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(unshared(text))
  } catch {
    throw refusal({ code: 'input.encoding', message: 'the bytes are not UTF-8' })
  }
}

/**
 * Data as JSON text. Where `JSON.stringify` would leave something out or write something else, this
 * refuses: a rule must not see less than was handed in.
 */
export function json(value: unknown): string {
  return written(value, [], 0)
}

type Path = (string | number)[]

function written(value: unknown, path: Path, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return number(value, path)
    case 'object':
      if (value === null) return 'null'
      if (depth > DEPTH) {
        throw refused('limit.depth', 'this is nested deeper than its limit, or contains itself', path)
      }
      return Array.isArray(value) ? list(value, path, depth) : map(value, path, depth)
    default:
      throw refused('input.invalid_value', `JSON has no ${value === undefined ? 'undefined' : typeof value}`, path)
  }
}

function number(value: number, path: Path): string {
  if (!Number.isFinite(value)) {
    throw refused('input.invalid_value', 'JSON has no such number', path)
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const help = 'hand in the document as JSON text, where it can be written exactly'
    throw refused('input.invalid_value', 'JavaScript cannot hold this integer exactly', path, help)
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

function list(values: readonly unknown[], path: Path, depth: number): string {
  if (Object.keys(values).length > values.length) {
    throw refused('input.invalid_value', 'a list has properties that JSON cannot hold', path)
  }
  const items: string[] = []
  for (let index = 0; index < values.length; index++) {
    path.push(index)
    items.push(written(values[index], path, depth + 1))
    path.pop()
  }
  return `[${items.join(',')}]`
}

function map(value: object, path: Path, depth: number): string {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const replaced: unknown = value.toJSON()
    return written(replaced, path, depth + 1)
  }
  if (!isPlain(value)) {
    throw refused('input.invalid_value', 'JSON has no objects of this class', path)
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw refused('input.invalid_value', 'JSON has no symbols as keys', path)
  }
  const members: string[] = []
  for (const [key, member] of Object.entries(value)) {
    path.push(key)
    members.push(`${JSON.stringify(key)}:${written(member, path, depth + 1)}`)
    path.pop()
  }
  return `{${members.join(',')}}`
}

/** Whether an object is one of `{…}`, of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refused(code: string, message: string, path: Path, help?: string): Error {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return refusal({ code, message, ...(help === undefined ? {} : { help }), pointer })
}
