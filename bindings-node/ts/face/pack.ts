// Policy packs.

import type * as documents from '../documents'
import { type Answer, answer } from './document'
import { async, sync } from './errors'
import { Handle, nativeIf, nativeOf } from './handle'
import { type Input, NOTHING, type Text, handedIn, json, textOf } from './input'
import { native } from './native'
import type { Plan } from './plan'

/** A policy pack, checked and compiled. */
export class PolicyPack extends Handle {
  #described: Answer<documents.PackAnswer> | undefined

  /**
   * @param pack The pack, in YAML.
   * @param overlays What makes it stricter, in YAML, in the order in which it counts.
   * @throws {PoundlockError} `input.…` and `policy.…`, with line and column.
   */
  constructor(pack: Text, overlays: readonly Text[] = []) {
    const input = json({ pack: textOf(pack), overlays: overlays.map(textOf) })
    super(sync(() => native.Pack.parse(input)))
  }

  /** Its name. */
  get name(): string {
    return this.#known().name
  }

  /** Its version. */
  get version(): string {
    return this.#known().version
  }

  /** The digest over its canonical form, which a lock file pins. */
  get digest(): string {
    return this.#known().digest
  }

  /** Its policies, in the order of the document. */
  get policies(): readonly documents.PolicyAnswer[] {
    return this.#known().policies
  }

  /** Name, version, digest and policies. */
  describe(): Answer<documents.PackAnswer> {
    return answer(this.#call(undefined, 'describe', NOTHING))
  }

  /** What is allowed but unwise. */
  lint(): Answer<documents.LintAnswer> {
    return answer(this.#call(undefined, 'lint', NOTHING))
  }

  /** Runs the pack's own tests. */
  test(): Answer<documents.TestAnswer> {
    return answer(this.#call(undefined, 'test', NOTHING))
  }

  /** As `test`, in another thread. */
  async testAsync(): Promise<Answer<documents.TestAnswer>> {
    return answer(await this.#callAsync(undefined, 'test', NOTHING))
  }

  /** Judges a plan; nothing is recorded. A denial is an answer. */
  check(plan: Plan, options: Input<documents.CheckInput> = NOTHING): Answer<documents.PlanReport> {
    return answer(this.#call(plan, 'check', options))
  }

  /** As `check`, in another thread. */
  async checkAsync(
    plan: Plan,
    options: Input<documents.CheckInput> = NOTHING,
  ): Promise<Answer<documents.PlanReport>> {
    return answer(await this.#callAsync(plan, 'check', options))
  }

  #known(): Answer<documents.PackAnswer> {
    return (this.#described ??= this.describe())
  }

  #call(plan: Plan | undefined, operation: string, input: object | string): string {
    const [pack, on, given] = [nativeOf(native.Pack, this), nativeIf(native.Plan, plan), handedIn(input)]
    return sync(() => pack.call(on, operation, given))
  }

  #callAsync(plan: Plan | undefined, operation: string, input: object | string): Promise<string> {
    return async(() =>
      nativeOf(native.Pack, this).callAsync(nativeIf(native.Plan, plan), operation, handedIn(input)),
    )
  }
}
