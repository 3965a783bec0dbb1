// Setting the values that a policy declares, where it passes by them.

import { holdsOpaque, kindOf, type Sent } from './properties'

/** What is set, by JSON Pointers. */
export type Settings = Readonly<Record<string, unknown>>

type Container = Record<string, unknown>

/**
 * Whether the settings can be made: nothing that is secret, or not known yet, is replaced or gone through, and what is
 * gone through holds members.
 */
export function fits(sent: { [key: string]: Sent }, settings: Settings): boolean {
  return Object.keys(settings).every((pointer) => {
    let at: Sent | undefined = sent
    for (const part of partsOf(pointer)) {
      if (kindOf(at) === 'absent') return true
      if (kindOf(at) === 'opaque' || typeof at !== 'object' || at === null) return false
      if (Array.isArray(at) && !(part in at)) return false
      at = (at as { [key: string]: Sent })[part]
    }
    return !holdsOpaque(at)
  })
}

/** Makes the settings; what is gone through and not there is made. */
export function apply(properties: object, settings: Settings): void {
  for (const [pointer, value] of Object.entries(settings)) {
    const parts = partsOf(pointer)
    const last = parts.pop() ?? ''
    let at = properties as Container
    for (const part of parts) {
      at[part] ??= {}
      at = at[part] as Container
    }
    at[last] = structuredClone(value)
  }
}

function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}
