// What is thrown, and how the errors of the native half become it.

/** An error as the library writes it. */
interface Report {
  code: string
  message: string
  help?: string
  source?: string
  line?: number
  column?: number
  pointer?: string
  sequence?: number
}

/**
 * An error of the library: bad input, a broken ledger, something that the operating system refused.
 * A denial is not an error.
 */
export class PoundlockError extends Error {
  /** What went wrong, as a stable name such as `input.syntax`. */
  declare readonly code: string
  /** What to do about it, where that is known. */
  declare readonly help?: string
  /** The file or part that the place is in. */
  declare readonly source?: string
  /** The line, from 1 on. */
  declare readonly line?: number
  /** The column in characters, from 1 on. */
  declare readonly column?: number
  /** The place in a JSON document, as a JSON Pointer. */
  declare readonly pointer?: string
  /** The entry of the ledger. */
  declare readonly sequence?: number
  /** The library's own text of this error, in JSON. */
  readonly json: string

  /** @param json The library's text of an error. */
  constructor(json: string) {
    const { message, ...rest }: Report = JSON.parse(json)
    super(message)
    Object.assign(this, rest)
    this.json = json
  }

  static {
    Object.defineProperty(PoundlockError.prototype, 'name', {
      configurable: true,
      value: 'PoundlockError',
      writable: true,
    })
  }
}

/** An error that this face itself reports, in the form of the library's. */
export function refusal(error: Report): PoundlockError {
  return new PoundlockError(JSON.stringify(error))
}

/** The error of the native half as users get it: its message is the library's text. */
function translated(error: unknown): unknown {
  if (error instanceof PoundlockError || !(error instanceof Error)) return error
  if (error.message.startsWith('{"code":')) return new PoundlockError(error.message)
  return refusal({ code: 'internal', message: 'the native half failed' })
}

/** Calls the native half. */
export function sync<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw translated(error)
  }
}

/** Calls the native half, which works in a thread of its own; what it refuses at once is a rejection too. */
export async function async<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error)
  }
}
