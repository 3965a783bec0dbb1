// Plans.

import type * as documents from '../documents'
import type * as Native from '../native'
import { type Answer, answer } from './document'
import { async, refusal, sync } from './errors'
import { Handle, nativeOf } from './handle'
import { type Input, NOTHING, handedIn, json } from './input'
import { native } from './native'

/** What is proposed, read once and ready to be checked or decided on. */
export class Plan extends Handle {
  #described: Answer<documents.PlanAnswer> | undefined

  private constructor(plan: Native.Plan) {
    super(plan)
  }

  /**
   * Reads what `terraform show -json` or OpenTofu's prints.
   *
   * @param document The tool's document. Text or bytes are best: JavaScript cannot hold every number in it.
   * @param nonce 64 hexadecimal digits, made at random when the document was first seen and kept beside it.
   *   Without one the plan can be checked, and neither decided on nor admitted.
   * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
   */
  static terraform(document: string | Uint8Array | object, nonce?: string): Plan {
    return Plan.#read('terraform', document, nonce)
  }

  /** As `terraform`, in another thread. */
  static async terraformAsync(document: string | Uint8Array | object, nonce?: string): Promise<Plan> {
    return Plan.#readAsync('terraform', document, nonce)
  }

  /**
   * Reads what `pulumi preview --json` prints, or `pulumi stack export`, which can be checked only.
   *
   * @param document The tool's document. Text or bytes are best: JavaScript cannot hold every number in it.
   * @param nonce As for `terraform`.
   * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
   */
  static pulumi(document: string | Uint8Array | object, nonce?: string): Plan {
    return Plan.#read('pulumi', document, nonce)
  }

  /** As `pulumi`, in another thread. */
  static async pulumiAsync(document: string | Uint8Array | object, nonce?: string): Promise<Plan> {
    return Plan.#readAsync('pulumi', document, nonce)
  }

  /**
   * Reads manifests, YAML of any number of documents or JSON, or what an admission webhook is asked, to be checked only.
   * Their types are those of Pulumi's objects, such as `kubernetes:apps/v1:Deployment`.
   *
   * @throws {PoundlockError} `input.…`, `limit.…`.
   */
  static kubernetes(document: string | Uint8Array | object): Plan {
    const given = handedIn(document)
    return new Plan(sync(() => native.Plan.read('{"format":"kubernetes"}', given)))
  }

  /** As `kubernetes`, in another thread. */
  static async kubernetesAsync(document: string | Uint8Array | object): Promise<Plan> {
    return new Plan(await async(() => native.Plan.readAsync('{"format":"kubernetes"}', handedIn(document))))
  }

  /**
   * Reads resources that the host itself describes, to be checked only.
   *
   * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
   */
  static resources(document: Input<documents.ResourcesDocument>): Plan {
    const given = handedIn(document)
    return new Plan(sync(() => native.Plan.read('{"format":"resources"}', given)))
  }

  /** As `resources`, in another thread. */
  static async resourcesAsync(document: Input<documents.ResourcesDocument>): Promise<Plan> {
    return new Plan(await async(() => native.Plan.readAsync('{"format":"resources"}', handedIn(document))))
  }

  /**
   * Joins the plans of several stacks into one.
   *
   * @param parts Each plan under a name of its own, in any order.
   * @throws {PoundlockError} `input.invalid_value` for plans that cannot be joined, or a name that is there twice.
   */
  static join(parts: Iterable<readonly [name: string, plan: Plan]>): Plan {
    const list = [...parts]
    const names = list.map(([name]) => wellFormed(name))
    const plans = list.map(([, plan]) => nativeOf(native.Plan, plan))
    return new Plan(sync(() => native.Plan.join(names, plans)))
  }

  /** The digest that approvals and permits bind. */
  get digest(): string {
    return this.#known().digest
  }

  /** How many resources it touches, and how. */
  get counts(): documents.PlanCounts {
    return this.#known().counts
  }

  /** Digest, tool, counts, and what is to be done to each resource. */
  describe(): Answer<documents.PlanAnswer> {
    const plan = nativeOf(native.Plan, this)
    return answer(sync(() => plan.call('describe', NOTHING)))
  }

  static #read(format: string, document: string | Uint8Array | object, nonce?: string): Plan {
    const options = json(nonce === undefined ? { format } : { format, nonce })
    const given = handedIn(document)
    return new Plan(sync(() => native.Plan.read(options, given)))
  }

  static async #readAsync(format: string, document: string | Uint8Array | object, nonce?: string): Promise<Plan> {
    const options = json(nonce === undefined ? { format } : { format, nonce })
    return new Plan(await async(() => native.Plan.readAsync(options, handedIn(document))))
  }

  #known(): Answer<documents.PlanAnswer> {
    return (this.#described ??= this.describe())
  }
}

/** A name, which the native half would otherwise alter where it is not Unicode. */
function wellFormed(name: unknown): string {
  if (typeof name !== 'string') {
    throw refusal({ code: 'input.invalid_value', message: 'the name of a plan is a string' })
  }
  if (/\p{Surrogate}/u.test(name)) {
    throw refusal({ code: 'input.encoding', message: 'the text holds a lone surrogate' })
  }
  return name
}
