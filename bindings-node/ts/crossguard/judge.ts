// What the packs of a stage say about resources of a Pulumi program.

import type * as documents from '../documents'
import type { Engine } from '../face/engine'
import { Plan } from '../face/plan'
import type { Values } from './properties'

/** A resource, as the policy host describes it. */
export interface Described {
  readonly urn: string
  readonly type: string
  readonly name: string
  /** The provider's type; what no provider makes has none. */
  readonly provider: string | undefined
  readonly values: Values
}

/** Something that did not pass. */
export interface Found {
  readonly urn: string | undefined
  readonly finding: documents.Finding
}

/** What came of judging resources. */
export interface Judgement {
  /** What did not pass, by policy; what is no policy's is under `undefined`. */
  readonly found: ReadonlyMap<string | undefined, readonly Found[]>
  /** The policies that were about something. */
  readonly applied: ReadonlySet<string>
}

/** The root of every Pulumi program, which stands for no resource. */
const STACK = 'pulumi:pulumi:Stack'

/** The host does not say which of both is to be done, nor what was before. */
const ACTIONS = ['create', 'update'] as const

/** Judges resources by the packs of a stage, in one call. */
export function judge(engine: Engine, stage: string, resources: readonly Described[]): Judgement {
  const byAddress = new Map<string, Described>()
  const written: string[] = []
  for (const resource of resources.filter(({ type }) => type !== STACK)) {
    for (const action of ACTIONS) {
      const address = `${resource.urn} (${action})`
      byAddress.set(address, resource)
      written.push(document(resource, action, address))
    }
  }
  using plan = Plan.resources(`{"resources":[${written.join(',')}]}`)
  const report = engine.check(plan, { stage })
  const policies = new Set(report.policies.map(({ policy }) => policy))
  const found = new Map<string | undefined, Found[]>()
  const seen = new Set<string>()
  for (const finding of report.findings) {
    if (finding.outcome === 'pass') continue
    const resource = finding.resource === undefined ? undefined : byAddress.get(finding.resource ?? '')
    // Both actions mostly come to the same.
    const key = JSON.stringify([resource?.urn, finding.subject, finding.code, finding.message])
    if (seen.has(key)) continue
    seen.add(key)
    const policy = policies.has(finding.subject ?? '') ? (finding.subject ?? undefined) : undefined
    const list = found.get(policy) ?? []
    list.push({ urn: resource?.urn, finding })
    found.set(policy, list)
  }
  const counts = report.policies.filter(({ pass, fail, unknown }) => pass + fail + unknown > 0)
  return { found, applied: new Set(counts.map(({ policy }) => policy)) }
}

function document({ type, name, provider, values }: Described, action: string, address: string): string {
  const rest = {
    // Components and providers are made by no provider.
    mode: provider === undefined ? 'component' : 'managed',
    type,
    name,
    address,
    ...(provider === undefined ? {} : { provider }),
    actions: [action],
    oldObjectUnknown: true,
    unknown: values.unknown,
    sensitive: values.sensitive,
  }
  return `${JSON.stringify(rest).slice(0, -1)},"object":${values.object}}`
}
