// Engines.

import type * as documents from '../documents'
import type * as Native from '../native'
import { type Answer, answer } from './document'
import { Admission, Decision } from './documents'
import { async, refusal, sync } from './errors'
import { readLaw, readLawAsync } from './files'
import { Handle, nativeIf, nativeOf } from './handle'
import { type Input, NOTHING, type Text, handedIn, json, textOf } from './input'
import type { Ledger } from './ledger'
import { native } from './native'
import type { Plan } from './plan'

/** How an engine works. */
export interface EngineOptions {
  /** In how many threads policies are evaluated; one unless this says otherwise. What is decided does not depend on it. */
  threads?: number
}

/** What may be handed in beside a request or fact. */
export interface Credentials {
  /**
   * The token of whoever asks, and the keys of its issuer. The host chooses the keys: they are never part of
   * the request.
   */
  credential?: Input<documents.CredentialInput>
}

/** What may be handed in beside a request. */
export interface RequestOptions extends Credentials {
  /** The plan that it is about. */
  plan?: Plan
}

/** What may be handed in beside a request that is only decided. */
export interface DecideOptions extends RequestOptions {
  /** The ledger against which it is decided; none means that nothing was recorded before. */
  ledger?: Ledger
}

/** What may be handed in beside a fact. */
export interface FactOptions extends Credentials {
  /** For an amendment that replaces the charter: the engine of the new one. */
  law?: Engine
}

/** Signs bytes with an Ed25519 key and answers the 64 bytes of the signature. */
export type Signer = (bytes: Uint8Array) => Uint8Array

/** The same, when the key is elsewhere. */
export type AsyncSigner = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** A charter with its packs, ready to decide. It may be used for any number of calls at once. */
export class Engine extends Handle {
  /**
   * @param charter The charter, in YAML.
   * @param lock The lock file, in YAML.
   * @param packs The packs and overlays, in YAML, in any order.
   * @throws {PoundlockError} `input.…`, `charter.…` and `policy.…`.
   */
  constructor(charter: Text, lock: Text, packs: Iterable<Text>, options?: EngineOptions)
  /** @internal */
  constructor(engine: Native.Engine)
  constructor(
    charter: Text | Native.Engine,
    lock: Text = '',
    packs: Iterable<Text> = [],
    options: EngineOptions = {},
  ) {
    if (charter instanceof native.Engine) {
      super(charter)
    } else {
      const input = inputOf({ charter, lock, packs }, options)
      super(sync(() => native.Engine.create(input)))
    }
  }

  /**
   * Reads a charter with what lies beside it: its lock file (`charter.lock` for `charter.yaml`), `packs/*.yaml` and
   * `overlays/*.yaml`.
   *
   * @throws {PoundlockError} `io` for a file that cannot be read, and as the constructor.
   */
  static load(path: string, options: EngineOptions = {}): Engine {
    const { charter, lock, packs } = readLaw(path)
    return new Engine(charter, lock, packs, options)
  }

  /** As `load`, in other threads. */
  static async loadAsync(path: string, options: EngineOptions = {}): Promise<Engine> {
    const input = inputOf(await readLawAsync(path), options)
    return new Engine(await async(() => native.Engine.createAsync(input)))
  }

  /** The engine of the charter that governs a ledger, from the texts that are kept beside it. */
  static ofLedger(ledger: Ledger): Engine {
    const on = nativeOf(native.Ledger, ledger)
    return new Engine(sync(() => native.Engine.ofLedger(on)))
  }

  /** As `ofLedger`, in another thread. */
  static async ofLedgerAsync(ledger: Ledger): Promise<Engine> {
    return new Engine(await async(() => native.Engine.ofLedgerAsync(nativeOf(native.Ledger, ledger))))
  }

  /**
   * Decides a request and records nothing. A denial is an answer.
   *
   * @throws {PoundlockError} `input.…` for a request that is malformed, `charter.mismatch` for a ledger that another
   *   charter governs.
   */
  decide(request: Input<documents.Request>, options: DecideOptions = {}): Decision {
    const engine = nativeOf(native.Engine, this)
    const ledger = nativeIf(native.Ledger, options.ledger)
    const plan = nativeIf(native.Plan, options.plan)
    const [given, credential] = [handedIn(request), handedIn(options.credential ?? NOTHING)]
    return new Decision(sync(() => engine.decide(ledger, plan, given, credential)))
  }

  /** As `decide`, in another thread. */
  async decideAsync(request: Input<documents.Request>, options: DecideOptions = {}): Promise<Decision> {
    const text = await async(() =>
      nativeOf(native.Engine, this).decideAsync(
        nativeIf(native.Ledger, options.ledger),
        nativeIf(native.Plan, options.plan),
        handedIn(request),
        handedIn(options.credential ?? NOTHING),
      ),
    )
    return new Decision(text)
  }

  /**
   * Decides a request and records the decision. The answer exists only once its entry is durable; after an error
   * nothing may be acted upon.
   *
   * @throws {PoundlockError} as `decide`; `ledger.…` and `io`.
   */
  admit(ledger: Ledger, request: Input<documents.Request>, options: RequestOptions = {}): Admission {
    const [engine, on] = [nativeOf(native.Engine, this), nativeOf(native.Ledger, ledger)]
    const plan = nativeIf(native.Plan, options.plan)
    const [given, credential] = [handedIn(request), handedIn(options.credential ?? NOTHING)]
    return new Admission(sync(() => engine.admit(on, plan, given, credential)))
  }

  /** As `admit`, in another thread. Requests that wait together share one sync to the disk. */
  async admitAsync(
    ledger: Ledger,
    request: Input<documents.Request>,
    options: RequestOptions = {},
  ): Promise<Admission> {
    const text = await async(() =>
      nativeOf(native.Engine, this).admitAsync(
        nativeOf(native.Ledger, ledger),
        nativeIf(native.Plan, options.plan),
        handedIn(request),
        handedIn(options.credential ?? NOTHING),
      ),
    )
    return new Admission(text)
  }

  /**
   * Records a fact, or the refusal to record it.
   *
   * @throws {PoundlockError} as `admit`.
   */
  record(ledger: Ledger, fact: Input<documents.Fact>, options: FactOptions = {}): Admission {
    const [engine, on] = [nativeOf(native.Engine, this), nativeOf(native.Ledger, ledger)]
    const law = nativeIf(native.Engine, options.law)
    const [given, credential] = [handedIn(fact), handedIn(options.credential ?? NOTHING)]
    return new Admission(sync(() => engine.record(on, law, given, credential)))
  }

  /** As `record`, in another thread. */
  async recordAsync(
    ledger: Ledger,
    fact: Input<documents.Fact>,
    options: FactOptions = {},
  ): Promise<Admission> {
    const text = await async(() =>
      nativeOf(native.Engine, this).recordAsync(
        nativeOf(native.Ledger, ledger),
        nativeIf(native.Engine, options.law),
        handedIn(fact),
        handedIn(options.credential ?? NOTHING),
      ),
    )
    return new Admission(text)
  }

  /** The charter's name and version, and its law. */
  describe(): Answer<documents.EngineAnswer> {
    return answer(this.#call({}, 'describe', NOTHING))
  }

  /** Judges a plan by the charter's packs, or by those of a stage; nothing is recorded. */
  check(plan: Plan, options: Input<documents.CheckInput> = NOTHING): Answer<documents.PlanReport> {
    return answer(this.#call({ plan }, 'check', options))
  }

  /** As `check`, in another thread. */
  async checkAsync(
    plan: Plan,
    options: Input<documents.CheckInput> = NOTHING,
  ): Promise<Answer<documents.PlanReport>> {
    return answer(await this.#callAsync({ plan }, 'check', options))
  }

  /** Writes the first entry of a ledger: its origin, its keys and its law. */
  begin(ledger: Ledger, input: Input<documents.BeginInput>): Answer<documents.AppendedAnswer> {
    return answer(this.#call({ ledger }, 'begin', input))
  }

  /** As `begin`, in another thread. */
  async beginAsync(ledger: Ledger, input: Input<documents.BeginInput>): Promise<Answer<documents.AppendedAnswer>> {
    return answer(await this.#callAsync({ ledger }, 'begin', input))
  }

  /** The text that a person signs to ask for something. */
  requestText(
    ledger: Ledger,
    input: Input<documents.RequestTextInput>,
    options: { plan?: Plan } = {},
  ): Answer<documents.TextAnswer> {
    return answer(this.#call({ ...options, ledger }, 'request_text', input))
  }

  /** The text that a person signs to record a fact. */
  factText(ledger: Ledger, input: Input<documents.FactTextInput>): Answer<documents.TextAnswer> {
    return answer(this.#call({ ledger }, 'fact_text', input))
  }

  /** What a token shows under this charter. */
  credential(input: Input<documents.CredentialQuestion>): Answer<documents.CredentialAnswer> {
    return answer(this.#call({}, 'credential', input))
  }

  /** What a person has to see before they approve. */
  review(ledger: Ledger, input: Input<documents.ReviewInput>): Answer<documents.ReviewAnswer> {
    return answer(this.#call({ ledger }, 'review', input))
  }

  /** As `review`, in another thread. */
  async reviewAsync(ledger: Ledger, input: Input<documents.ReviewInput>): Promise<Answer<documents.ReviewAnswer>> {
    return answer(await this.#callAsync({ ledger }, 'review', input))
  }

  /** Decides again what nobody signed yet, and answers the text that keys are to sign. */
  checkpointText(ledger: Ledger, input: Input<documents.CheckpointTextInput>): Answer<documents.TextAnswer> {
    return answer(this.#call({ ledger }, 'checkpoint_text', input))
  }

  /** As `checkpointText`, in another thread. */
  async checkpointTextAsync(
    ledger: Ledger,
    input: Input<documents.CheckpointTextInput>,
  ): Promise<Answer<documents.TextAnswer>> {
    return answer(await this.#callAsync({ ledger }, 'checkpoint_text', input))
  }

  /** Takes the text and its signatures, or secret keys to do both, and keeps the signed checkpoint. */
  sign(ledger: Ledger, input: Input<documents.SignInput>): Answer<documents.SignedCheckpointAnswer> {
    return answer(this.#call({ ledger }, 'sign', input))
  }

  /** As `sign`, in another thread. */
  async signAsync(
    ledger: Ledger,
    input: Input<documents.SignInput>,
  ): Promise<Answer<documents.SignedCheckpointAnswer>> {
    return answer(await this.#callAsync({ ledger }, 'sign', input))
  }

  /**
   * Signs what the ledger holds now with a key of the host's own: decides again what nobody signed yet, has the
   * checkpoint's bytes signed, and keeps it.
   *
   * @param key The verifier key.
   * @param signer Answers the Ed25519 signature.
   * @throws {PoundlockError} `entry.undecided` for an entry that is not what is decided now; and whatever the signer throws.
   */
  checkpoint(ledger: Ledger, key: string, signer: Signer): Answer<documents.SignedCheckpointAnswer> {
    const { text } = this.checkpointText(ledger, { keys: [key] })
    return this.sign(ledger, signed(text, key, signer(Buffer.from(text))))
  }

  /** As `checkpoint`, in another thread but for the signer, which may answer a promise. */
  async checkpointAsync(
    ledger: Ledger,
    key: string,
    signer: AsyncSigner,
  ): Promise<Answer<documents.SignedCheckpointAnswer>> {
    const { text } = await this.checkpointTextAsync(ledger, { keys: [key] })
    return this.signAsync(ledger, signed(text, key, await signer(Buffer.from(text))))
  }

  /** Records what the entries add up to, so that the ledger is opened from there. */
  snapshot(ledger: Ledger): Answer<documents.AppendedAnswer> {
    return answer(this.#call({ ledger }, 'snapshot', NOTHING))
  }

  /** As `snapshot`, in another thread. */
  async snapshotAsync(ledger: Ledger): Promise<Answer<documents.AppendedAnswer>> {
    return answer(await this.#callAsync({ ledger }, 'snapshot', NOTHING))
  }

  #call(on: { ledger?: Ledger; plan?: Plan }, operation: string, input: object | string): string {
    const engine = nativeOf(native.Engine, this)
    const [ledger, plan] = [nativeIf(native.Ledger, on.ledger), nativeIf(native.Plan, on.plan)]
    const given = handedIn(input)
    return sync(() => engine.call(ledger, plan, operation, given))
  }

  #callAsync(on: { ledger?: Ledger; plan?: Plan }, operation: string, input: object | string): Promise<string> {
    return async(() =>
      nativeOf(native.Engine, this).callAsync(
        nativeIf(native.Ledger, on.ledger),
        nativeIf(native.Plan, on.plan),
        operation,
        handedIn(input),
      ),
    )
  }
}

function inputOf(law: { charter: Text; lock: Text; packs: Iterable<Text> }, options: EngineOptions): string {
  const packs = Array.from(law.packs, textOf)
  return json({ ...options, charter: textOf(law.charter), lock: textOf(law.lock), packs })
}

function signed(checkpoint: string, key: string, signature: unknown): documents.SignInput {
  if (!(signature instanceof Uint8Array)) {
    throw refusal({
      code: 'input.invalid_value',
      message: 'the signer did not answer the bytes of a signature',
      help: 'a signer that answers a promise belongs into checkpointAsync',
    })
  }
  return { checkpoint, signatures: [{ key, signature: Buffer.from(signature).toString('base64') }] }
}
