// Made from src/ when the library is built.

type Input = string | Uint8Array

export declare class Engine {
  static create(input: Input): Engine
  static createAsync(input: Input): Promise<Engine>
  static ofLedger(ledger: Ledger): Engine
  static ofLedgerAsync(ledger: Ledger): Promise<Engine>
  decide(ledger: Ledger | undefined | null, plan: Plan | undefined | null, request: Input, credential: Input): string
  decideAsync(ledger: Ledger | undefined | null, plan: Plan | undefined | null, request: Input, credential: Input): Promise<string>
  admit(ledger: Ledger, plan: Plan | undefined | null, request: Input, credential: Input): string
  admitAsync(ledger: Ledger, plan: Plan | undefined | null, request: Input, credential: Input): Promise<string>
  record(ledger: Ledger, law: Engine | undefined | null, fact: Input, credential: Input): string
  recordAsync(ledger: Ledger, law: Engine | undefined | null, fact: Input, credential: Input): Promise<string>
  call(ledger: Ledger | undefined | null, plan: Plan | undefined | null, operation: string, input: Input): string
  callAsync(ledger: Ledger | undefined | null, plan: Plan | undefined | null, operation: string, input: Input): Promise<string>
  close(): void
}

export declare class Ledger {
  static open(input: Input): Ledger
  static openAsync(input: Input): Promise<Ledger>
  call(operation: string, input: Input): string
  callAsync(operation: string, input: Input): Promise<string>
  close(): void
}

export declare class Pack {
  static parse(input: Input): Pack
  static parseAsync(input: Input): Promise<Pack>
  call(plan: Plan | undefined | null, operation: string, input: Input): string
  callAsync(plan: Plan | undefined | null, operation: string, input: Input): Promise<string>
  close(): void
}

export declare class Plan {
  static read(options: Input, document: Input): Plan
  static readAsync(options: Input, document: Input): Promise<Plan>
  /** Joins the plans of several stacks, each under its name. It shares what they keep. */
  static join(names: Array<string>, plans: Array<Plan>): Plan
  call(operation: string, input: Input): string
  close(): void
}

/** Carries out a free operation of the contract. */
export declare function call(operation: string, input: Input): string

/** Carries out a free operation of the contract in a thread of its own. */
export declare function callAsync(operation: string, input: Input): Promise<string>
