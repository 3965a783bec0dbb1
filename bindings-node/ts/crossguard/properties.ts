// Properties as Pulumi's engine sends them, written as Poundlock reads them: secrets and unknown values are marked by
// their places, and never by what they are.

import { refusal } from '../face/errors'
import type { Struct, StructValue } from './host'

/** The key by which the engine says that an object stands for something else. */
const SIGNATURE = '4dabf18193072939515e22adb298388d'
const SECRET = '1b47061264138c4ac30d75fd1eb44270'
const ASSET = 'c44067f5952c0a294b673a41bacd8c17'
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7'
const REFERENCE = '5cf8f73096256a8f31e491e813e4eb8e'
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4'

/** What stands for a value that is not known before the update, by its type. */
const UNKNOWN = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
])

/** A value as the engine sends it. */
export type Sent = null | boolean | number | string | Sent[] | { [key: string]: Sent }

/** A resource's values, as JSON text, with JSON Pointers to what is not plain. */
export interface Values {
  readonly object: string
  readonly unknown: readonly string[]
  readonly sensitive: readonly string[]
}

/** The values of a struct. An object has no prototype, so that no key is special. */
export function sentBy(struct: Struct): { [key: string]: Sent } {
  const object: { [key: string]: Sent } = Object.create(null)
  struct.getFieldsMap().forEach((value, key) => {
    object[key] = sentValue(value)
  })
  return object
}

function sentValue(value: StructValue): Sent {
  const [struct, list] = [value.getStructValue(), value.getListValue()]
  switch (value.getKindCase()) {
    case 1:
      return null
    case 2:
      return value.getNumberValue()
    case 3:
      return value.getStringValue()
    case 4:
      return value.getBoolValue()
    default:
      if (struct !== undefined) return sentBy(struct)
      if (list !== undefined) return list.getValuesList().map(sentValue)
      throw refusal({ code: 'input.invalid_value', message: 'a property has a kind of value that is not known here' })
  }
}

/** Writes what was sent. */
export function valuesOf(sent: { [key: string]: Sent }): Values {
  const marks = { unknown: [], sensitive: [] }
  return { object: written(sent, '', marks), ...marks }
}

/** What a value is to whoever would change it. */
export function kindOf(sent: Sent | undefined): 'absent' | 'plain' | 'opaque' {
  if (sent === undefined || sent === null) return 'absent'
  if (typeof sent === 'string') return UNKNOWN.has(sent) ? 'opaque' : 'plain'
  return typeof sent === 'object' && SIGNATURE in sent ? 'opaque' : 'plain'
}

/** Whether anything in a value is secret, or not known yet. */
export function holdsOpaque(sent: Sent | undefined): boolean {
  if (kindOf(sent) === 'opaque') return true
  return typeof sent === 'object' && sent !== null && Object.values(sent).some(holdsOpaque)
}

function written(sent: Sent, pointer: string, marks: { unknown: string[]; sensitive: string[] }): string {
  switch (typeof sent) {
    case 'boolean':
      return sent ? 'true' : 'false'
    case 'number':
      return number(sent)
    case 'string':
      if (!UNKNOWN.has(sent)) return JSON.stringify(sent)
      marks.unknown.push(pointer)
      return 'null'
  }
  if (sent === null) return 'null'
  if (Array.isArray(sent)) {
    return `[${sent.map((element, index) => written(element, `${pointer}/${index}`, marks)).join(',')}]`
  }
  const signature = sent[SIGNATURE]
  switch (signature) {
    case undefined:
    case ASSET:
    case ARCHIVE:
    case REFERENCE:
      break
    case SECRET:
      return secret(sent['value'], pointer, marks)
    case OUTPUT:
      if (sent['secret'] === true) return secret(sent['value'], pointer, marks)
      if (sent['value'] !== undefined) return written(sent['value'], pointer, marks)
      marks.unknown.push(pointer)
      return 'null'
    default:
      throw refusal({ code: 'input.invalid_value', message: 'a property has a signature that is not known here' })
  }
  const members = Object.keys(sent)
    .filter((key) => key !== SIGNATURE)
    .map((key) => {
      const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      return `${JSON.stringify(key)}:${written(sent[key] ?? null, place, marks)}`
    })
  return `{${members.join(',')}}`
}

/** A secret's own text goes along, marked, so that it is found where else it stands. */
function secret(value: Sent | undefined, pointer: string, marks: { sensitive: string[] }): string {
  marks.sensitive.push(pointer)
  // What is within is hidden as a whole, whatever it is.
  return written(value ?? null, pointer, { unknown: [], sensitive: [] })
}

/** The engine's numbers are doubles, and each is written as exactly the one that it is. */
function number(value: number): string {
  if (!Number.isFinite(value)) {
    throw refusal({ code: 'input.invalid_value', message: 'JSON has no such number' })
  }
  return Number.isInteger(value) ? BigInt(value).toString() : String(value)
}
