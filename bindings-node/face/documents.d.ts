import type * as documents from '../documents';
import { Document } from './document';
import { type Input } from './input';
/** The members of a document, of which some are objects of their own classes. */
type With<T, Members> = Readonly<Omit<T, keyof Members> & Members>;
export interface Request extends Readonly<documents.Request> {
}
/** What a host asks. */
export declare class Request extends Document<documents.Request> {
    constructor(document: Input<documents.Request>);
}
export interface Fact extends Readonly<documents.Fact> {
}
/** What happened, as against what was decided. */
export declare class Fact extends Document<documents.Fact> {
    constructor(document: Input<documents.Fact>);
}
export interface Finding extends Readonly<documents.Finding> {
}
/** One check's outcome. */
export declare class Finding extends Document<documents.Finding> {
}
export interface Obligation extends Readonly<documents.Obligation> {
}
/** What is owed from now on. */
export declare class Obligation extends Document<documents.Obligation> {
}
export interface Permit extends Readonly<documents.Permit> {
}
/** What may be done, by whom, where, until when. */
export declare class Permit extends Document<documents.Permit> {
}
export interface Decision extends With<documents.Decision, {
    findings: readonly Finding[];
    meets?: readonly Obligation[];
    obligations?: readonly Obligation[];
    permit?: Permit;
}> {
}
/** The verdict with all that led to it. */
export declare class Decision extends Document<documents.Decision> {
}
export interface Admission extends With<documents.Admission, {
    decision?: Decision;
}> {
}
/** What became of a request or fact, once its entry is durable. */
export declare class Admission extends Document<documents.Admission> {
}
export interface Status extends Readonly<documents.Status> {
}
/** What the entries of a ledger add up to. */
export declare class Status extends Document<documents.Status> {
}
export interface Entry extends Readonly<documents.Entry> {
}
/** One record of a ledger. */
export declare class Entry extends Document<documents.Entry> {
}
export {};
