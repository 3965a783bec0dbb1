// The policies of a stage, as CrossGuard describes policies.

import type { PolicyConfigSchema } from '@pulumi/policy/policy'
import type { PolicyConfigJSONSchemaTypeName } from '@pulumi/policy/schema'

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
  /** Where more is said about it. */
  readonly guideline: string | undefined
  readonly params: Readonly<Record<string, unknown>>
  /** In which direction a parameter is stricter. */
  readonly stricter: Readonly<Record<string, documents.Stricter>>
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
      guideline: policy?.guideline,
      params: policy?.params ?? {},
      stricter: policy?.stricter ?? {},
      remedies: policy?.remedies ?? [],
      remediate: policy?.remediate ?? {},
    }
  })
  return new Map(policies.map((policy) => [policy.name, policy]))
}

/** What CrossGuard shows of a policy. */
export function metadata(policy: PolicyOfPack) {
  return {
    name: policy.name,
    description: policy.description,
    enforcementLevel: policy.level === 'mandatory' && remediates(policy) ? ('remediate' as const) : policy.level,
    tags: [...policy.controls],
    ...(policy.remedies.length === 0 ? {} : { remediationSteps: policy.remedies.join('\n') }),
    ...(policy.guideline === undefined ? {} : { url: policy.guideline }),
    ...(policy.controls.length === 0 ? {} : { framework: framework(policy.controls) }),
    ...(Object.keys(policy.params).length === 0 ? {} : { configSchema: schema(policy) }),
  }
}

/** Whether it declares values to set for any type. */
export function remediates(policy: PolicyOfPack): boolean {
  return Object.keys(policy.remediate).length > 0
}

/** All controls in the one place that CrossGuard has for them: frameworks and references in the order of the policy. */
function framework(controls: readonly string[]) {
  const parts = controls.map((control) => {
    const slash = control.indexOf('/')
    return { name: control.slice(0, Math.max(slash, 0)), reference: control.slice(slash + 1) }
  })
  return {
    name: [...new Set(parts.map(({ name }) => name))].join(', '),
    version: '',
    reference: parts.map(({ reference }) => reference).join(', '),
    specification: controls.join(', '),
  }
}

/** A pack is pinned with its parameters, so that each has the one value that it has. */
function schema({ params, stricter }: PolicyOfPack): PolicyConfigSchema {
  const properties: PolicyConfigSchema['properties'] = {}
  for (const [name, value] of Object.entries(params)) {
    const way = stricter[name]
    const overlay = way === undefined ? '' : ` An overlay of the charter makes it stricter (${way}).`
    const pinned = value as NonNullable<unknown>
    const description = `Pinned with the pack.${overlay}`
    properties[name] = { type: typeOf(value), const: pinned, default: pinned, description }
  }
  return { properties }
}

function typeOf(value: unknown): PolicyConfigJSONSchemaTypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (Number.isInteger(value)) return 'integer'
  return typeof value as 'boolean' | 'number' | 'object' | 'string'
}
