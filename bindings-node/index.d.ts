export { Charter } from './face/charter';
export { Document, type Answer } from './face/document';
export { Admission, Decision, Entry, Fact, Finding, Obligation, Permit, Request, Status, } from './face/documents';
export { Engine, type AsyncSigner, type Credentials, type DecideOptions, type EngineOptions, type FactOptions, type RequestOptions, type Signer, } from './face/engine';
export { PoundlockError } from './face/errors';
export * from './face/functions';
export { Handle } from './face/handle';
export type { Input, Text } from './face/input';
export { Ledger } from './face/ledger';
export { PolicyPack } from './face/pack';
export { Plan } from './face/plan';
export { Receipt } from './face/receipt';
/** The plain data of every document, input and answer. */
export type * as documents from './documents';
