// The policies of a charter's stage as a policy pack of Pulumi CrossGuard.

import type {
  PolicyPackArgs,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from '@pulumi/policy/policy'

import { Engine } from '../face/engine'
import { PoundlockError } from '../face/errors'
import { accept, type Level } from './config'
import { isPreview, serialized, type Struct, structOf, watch } from './host'
import { type Described, type Found, judge, type Judgement } from './judge'
import { metadata, policiesOf, type PolicyOfPack, remediates } from './policies'
import { type Sent, sentBy, valuesOf } from './properties'
import { apply, fits } from './remedy'

/** By which rules a Pulumi program is judged. */
export interface CrossGuardOptions {
  /** The charter's file; its lock file, `packs` and `overlays` lie beside it. */
  charter: string
  /** The stage that the program's stack is. */
  stage: string
}

/** A policy that judges each resource, and at the end the whole stack. */
export type CrossGuardPolicy = ResourceValidationPolicy & StackValidationPolicy

/** What `new PolicyPack(name, …)` takes. */
export interface CrossGuardPack extends PolicyPackArgs {
  policies: CrossGuardPolicy[]
  enforcementLevel: 'mandatory'
}

/** The name of the policy that reports what is no policy's: a resource that none is about, say. */
const OTHERS = 'poundlock'

/**
 * The packs of a charter's stage, for `new PolicyPack(name, poundlockPack({ charter, stage }))`: one CrossGuard policy for
 * each policy, and one, `poundlock`, for what is no policy's.
 *
 * CrossGuard only checks: `poundlock ci` or `admit` is what records and permits. It does not tell what was before, nor
 * whether something is created or updated, so each resource is judged as both, and what was before is unknown. It
 * does not show what is deleted.
 *
 * @throws {PoundlockError} `io`, `charter.…`, `policy.…` for rules that cannot be used, `policy.empty` for a stage without
 *   packs, `input.invalid_value` where there is no `@pulumi/policy` of a version that is known.
 */
export function poundlockPack(options: CrossGuardOptions): CrossGuardPack {
  const engine = Engine.load(options.charter)
  const { stage } = options
  const policies = policiesOf(engine, stage)
  const others: PolicyOfPack = {
    name: OTHERS,
    description: 'Some policy is about every resource, or the charter lets it be.',
    level: 'mandatory',
    controls: [],
    guideline: undefined,
    params: {},
    stricter: {},
    remedies: [],
    remediate: {},
  }
  const all = new Map([...policies, [OTHERS, others]])
  const judged = new Judged((resources) => judge(engine, stage, resources))
  let levels = new Map<string, Level>()
  watch((configured) => {
    levels = accept(all, configured)
  })
  // What only advises is said once.
  const said = new Set<string>()

  const of = (policy: PolicyOfPack): CrossGuardPolicy => {
    // A finding has the pack's own level; what is no policy's cannot be raised as a whole.
    const level = () => (policy === others ? 'advisory' : (levels.get(policy.name) ?? 'advisory'))
    const reporter = (report: ReportViolation, atEnd: boolean) => (found: Found) => {
      const violation = violationBy(found, level(), atEnd)
      const key = JSON.stringify([policy.name, violation.urn, found.finding.code])
      if (violation.enforcementLevel === 'advisory' && said.has(key)) return
      said.add(key)
      tell(report, violation)
    }
    const run = (report: ReportViolation, urn: string | undefined, atEnd: boolean, judgement: () => Judgement) => {
      let applied = true
      try {
        const { found, applied: about } = judgement()
        const key = policy === others ? undefined : policy.name
        found.get(key)?.forEach(reporter(report, atEnd))
        applied = policy === others || about.has(policy.name)
      } catch (error) {
        tell(report, { message: told(error), urn, enforcementLevel: 'mandatory' })
      }
      return applied
    }
    return {
      ...metadata(policy),
      validateResource(args, report) {
        const applied = run(report, args.urn, false, () => judged.resource(args))
        if (!applied) args.notApplicable('The policy is not about this resource.')
      },
      validateStack(args, report) {
        const applied = run(report, undefined, true, () => judged.stack(args))
        if (!applied) args.notApplicable('The policy is about no resource of this stack.')
      },
      ...(remediates(policy)
        ? { remediateResource: (args: ResourceValidationArgs) => remediated(engine, stage, policy, args) }
        : {}),
    }
  }
  return { policies: [...all.values()].map(of), enforcementLevel: 'mandatory' }
}

/** What was judged, once for all policies that are asked about it. */
class Judged {
  readonly #judge: (resources: readonly Described[]) => Judgement
  readonly #known = new WeakMap<Struct, Judgement>()

  constructor(judge: (resources: readonly Described[]) => Judgement) {
    this.#judge = judge
  }

  resource(args: ResourceValidationArgs): Judgement {
    const struct = structOf(args.props)
    return this.#of(struct, () => [described(args, sentBy(struct))])
  }

  stack(args: StackValidationArgs): Judgement {
    const structs = args.resources.map(({ props }) => structOf(props))
    const [first] = structs
    const all = () => args.resources.map((resource, index) => described(resource, sentBy(structs[index] as Struct)))
    return first === undefined ? this.#judge([]) : this.#of(first, all)
  }

  #of(struct: Struct, resources: () => Described[]): Judgement {
    const known = this.#known.get(struct) ?? this.#judge(resources())
    this.#known.set(struct, known)
    return known
  }
}

/** What the policy host says of a resource. */
interface Hosted {
  readonly urn: string
  readonly type: string
  readonly name: string
  readonly provider?: { readonly type: string }
}

function described({ urn, type, name, provider }: Hosted, sent: { [key: string]: Sent }): Described {
  return { urn, type, name, provider: provider?.type, values: valuesOf(sent) }
}

/** The properties with what the policy declares set, where it does not pass as it is, and does by that. */
async function remediated(
  engine: Engine,
  stage: string,
  policy: PolicyOfPack,
  args: ResourceValidationArgs,
): Promise<Record<string, unknown> | undefined> {
  const settings = policy.remediate[args.type]
  if (settings === undefined) return undefined
  const passes = (sent: object) => {
    const judgement = judge(engine, stage, [described(args, sent as { [key: string]: Sent })])
    return judgement.applied.has(policy.name) && !judgement.found.has(policy.name)
  }
  const sent = (await serialized(args.props)) as { [key: string]: Sent }
  if (!fits(sent, settings) || passes(sent)) return undefined
  const changed = structuredClone(sent)
  apply(changed, settings)
  if (!passes(changed)) return undefined
  apply(args.props, settings)
  return args.props
}

interface Violation {
  readonly message: string
  readonly urn: string | undefined
  readonly enforcementLevel: Level
}

function violationBy({ urn, finding }: Found, level: Level, atEnd: boolean): Violation {
  const { code, message, remedy } = finding
  const said = `${message} (${code})${remedy ? `\n${remedy}` : ''}`
  const unknown = code === 'policy.unknown' || code === 'policy.deferred'
  if (unknown && isPreview()) {
    const later = 'It is not known before the update, which denies it unless it passes then.'
    return { message: `${said}\n${later}`, urn, enforcementLevel: 'advisory' }
  }
  // What was owed until after the update is due at its end.
  const owed = code === 'policy.deferred' && !atEnd
  const own = finding.enforcement === 'advisory' && code !== 'policy.deferred' ? 'advisory' : 'mandatory'
  const strictest = own === 'mandatory' || level === 'mandatory' ? 'mandatory' : 'advisory'
  return { message: said, urn, enforcementLevel: owed ? 'advisory' : strictest }
}

/** Reports with a level of its own, so that no configuration lowers it. */
function tell(report: ReportViolation, violation: Violation): void {
  const { message, urn, enforcementLevel } = violation
  const whole = { message, urn, enforcementLevel, toString: () => message }
  report(whole as unknown as string, urn)
}

function told(error: unknown): string {
  if (error instanceof PoundlockError) return `${error.message} (${error.code})`
  return 'Poundlock failed (internal)'
}
