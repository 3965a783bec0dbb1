/// <reference lib="esnext.disposable" preserve="true" />
// What holds something of the native half until it is closed.

import { refusal } from './errors'

interface Native {
  close(): void
}

let reach: (handle: object) => Native | undefined

/** Something of the library's own. It can be let go before the garbage collector finds it. */
export interface Handle extends Disposable {}

export abstract class Handle {
  #native: Native | undefined

  /** @internal */
  protected constructor(native: Native) {
    this.#native = native
  }

  static {
    reach = (handle) => (#native in handle ? handle.#native : undefined)
    // Node.js has the symbol from 18.18 on.
    if (Symbol.dispose !== undefined) {
      Object.defineProperty(Handle.prototype, Symbol.dispose, {
        configurable: true,
        writable: true,
        value: function dispose(this: Handle) {
          Handle.release(this)
        },
      })
    }
  }

  /** @internal Lets go; a call that runs in another thread ends as it would have. */
  protected static release(handle: Handle): void {
    handle.#native?.close()
    handle.#native = undefined
  }
}

/** The native half of a handle, which must be of that class. */
export function nativeOf<N extends Native>(kind: { readonly prototype: N } & Function, handle: unknown): N {
  const native = typeof handle === 'object' && handle !== null ? reach(handle) : undefined
  if (native instanceof kind) return native as N
  if (native === undefined && handle instanceof Handle) {
    throw refusal({ code: 'handle.closed', message: 'this was closed' })
  }
  throw refusal({ code: 'input.invalid_value', message: `a handle of another class was expected: ${kind.name}` })
}

/** The same, where there may be no handle. */
export function nativeIf<N extends Native>(
  kind: { readonly prototype: N } & Function,
  handle: unknown,
): N | undefined {
  return handle === undefined ? undefined : nativeOf(kind, handle)
}
