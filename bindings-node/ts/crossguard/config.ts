// Pulumi's own configuration of policies. It may be stricter than the packs, and is refused where it is not.

import { refusal } from '../face/errors'
import type { Configured } from './host'
import type { PolicyOfPack } from './policies'
import { sentBy } from './properties'

const LEVELS = ['advisory', 'mandatory', 'disabled', 'remediate'] as const

/** How a violation counts. */
export type Level = 'advisory' | 'mandatory'

/** Refuses a configuration that weakens a policy, or would have it judge by other values. */
export function accept(policies: ReadonlyMap<string, PolicyOfPack>, configured: ReadonlyMap<string, Configured>) {
  const levels = new Map<string, Level>()
  for (const [name, { level, properties }] of configured) {
    const word = LEVELS[level]
    const policy = policies.get(name)
    if (policy === undefined) throw refused(name, 'no policy of the stage has this name')
    if (word === undefined || word === 'disabled') throw refused(name, 'a policy of the charter cannot be disabled')
    if (word === 'advisory' && policy.level === 'mandatory') throw refused(name, 'it is mandatory by its pack')
    levels.set(name, word === 'advisory' ? 'advisory' : 'mandatory')
    for (const [key, value] of Object.entries(properties === undefined ? {} : sentBy(properties))) {
      if (!Object.hasOwn(policy.params, key)) throw refused(name, 'the policy has no such parameter')
      if (canonical(value) !== canonical(policy.params[key])) {
        throw refused(name, 'its parameters are pinned with the pack; an overlay of the charter makes them stricter')
      }
    }
  }
  return levels
}

function refused(policy: string, why: string): Error {
  return refusal({
    code: 'input.invalid_value',
    message: `the configuration of the policy ${JSON.stringify(policy)} is refused: ${why}`,
    help: 'leave it out of the configuration of the policy pack',
  })
}

/** Data as text in which the order of keys does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
