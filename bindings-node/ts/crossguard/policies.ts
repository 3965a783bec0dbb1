// The policies of a stage, as CrossGuard describes policies.

import type { PolicyConfigSchema } from '@pulumi/policy/policy'

import type * as documents from '../documents'
import type { Engine } from '../face/engine'
import { Plan } from '../face/plan'
import type { Level } from './config'

/** A policy of a pack. */
export interface PolicyOfPack {
  /** Its name and that of its pack, as findings have it. */
  readonly name: string
  readonly description: string
  readonly level: Level
  readonly controls: readonly string[]
  readonly params: Readonly<Record<string, unknown>>
  readonly remedies: readonly string[]
  /** By resource type, values by JSON Pointers. */
  readonly remediate: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * The policies of a stage, in the order of its packs.
 *
 * @throws {PoundlockError} `charter.undeclared` for a stage that the charter does not have, `policy.empty` for one
 *   without packs.
 */
export function policiesOf(engine: Engine, stage: string): Map<string, PolicyOfPack> {
  const known = new Map<string, documents.PolicyAnswer>()
  for (const pack of engine.describe().packs) {
    for (const policy of pack.policies) known.set(`${pack.name}/${policy.name}`, policy)
  }
  using nothing = Plan.resources({ resources: [] })
  const policies = engine.check(nothing, { stage }).policies.map(({ policy: name, enforcement }) => {
    const policy = known.get(name)
    return {
      name,
      description: policy?.description ?? name,
      level: enforcement,
      controls: policy?.controls ?? [],
      params: policy?.params ?? {},
      remedies: policy?.remedies ?? [],
      remediate: policy?.remediate ?? {},
    }
  })
  return new Map(policies.map((policy) => [policy.name, policy]))
}

/** What CrossGuard shows of a policy. */
export function metadata(policy: PolicyOfPack) {
  const [control] = policy.controls
  const slash = control?.indexOf('/') ?? -1
  return {
    name: policy.name,
    description: policy.description,
    enforcementLevel: policy.level === 'mandatory' && remediates(policy) ? ('remediate' as const) : policy.level,
    tags: [...policy.controls],
    ...(policy.remedies.length === 0 ? {} : { remediationSteps: policy.remedies.join('\n') }),
    ...(control === undefined
      ? {}
      : {
          framework: {
            name: control.slice(0, slash),
            version: '',
            reference: control.slice(slash + 1),
            specification: control,
          },
        }),
    ...(Object.keys(policy.params).length === 0 ? {} : { configSchema: schema(policy.params) }),
  }
}

/** Whether it declares values to set for any type. */
export function remediates(policy: PolicyOfPack): boolean {
  return Object.keys(policy.remediate).length > 0
}

/** A pack is pinned with its parameters, so that each has the one value that it has. */
function schema(params: Readonly<Record<string, unknown>>): PolicyConfigSchema {
  const properties: PolicyConfigSchema['properties'] = {}
  for (const [name, value] of Object.entries(params)) {
    properties[name] = { const: value as NonNullable<unknown>, description: 'Pinned with the pack.' }
  }
  return { properties }
}
