import type * as documents from '../documents';
import { type Answer } from './document';
import { Handle } from './handle';
import { type Input } from './input';
/** What is proposed, read once and ready to be checked or decided on. */
export declare class Plan extends Handle {
    #private;
    private constructor();
    /**
     * Reads what `terraform show -json` or OpenTofu's prints.
     *
     * @param document The tool's document. Text or bytes are best: JavaScript cannot hold every number in it.
     * @param nonce 64 hexadecimal digits, made at random when the document was first seen and kept beside it.
     *   Without one the plan can be checked, and neither decided on nor admitted.
     * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
     */
    static terraform(document: string | Uint8Array | object, nonce?: string): Plan;
    /** As `terraform`, in another thread. */
    static terraformAsync(document: string | Uint8Array | object, nonce?: string): Promise<Plan>;
    /**
     * Reads what `pulumi preview --json` prints, or `pulumi stack export`, which can be checked only.
     *
     * @param document The tool's document. Text or bytes are best: JavaScript cannot hold every number in it.
     * @param nonce As for `terraform`.
     * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
     */
    static pulumi(document: string | Uint8Array | object, nonce?: string): Plan;
    /** As `pulumi`, in another thread. */
    static pulumiAsync(document: string | Uint8Array | object, nonce?: string): Promise<Plan>;
    /**
     * Reads manifests, YAML of any number of documents or JSON, or what an admission webhook is asked, to be checked only.
     * Their types are those of Pulumi's objects, such as `kubernetes:apps/v1:Deployment`.
     *
     * @throws {PoundlockError} `input.…`, `limit.…`.
     */
    static kubernetes(document: string | Uint8Array | object): Plan;
    /** As `kubernetes`, in another thread. */
    static kubernetesAsync(document: string | Uint8Array | object): Promise<Plan>;
    /**
     * Reads resources that the host itself describes, to be checked only.
     *
     * @throws {PoundlockError} `plan.…`, `input.…`, `limit.…`.
     */
    static resources(document: Input<documents.ResourcesDocument>): Plan;
    /** As `resources`, in another thread. */
    static resourcesAsync(document: Input<documents.ResourcesDocument>): Promise<Plan>;
    /**
     * Joins the plans of several stacks into one.
     *
     * @param parts Each plan under a name of its own, in any order.
     * @throws {PoundlockError} `input.invalid_value` for plans that cannot be joined, or a name that is there twice.
     */
    static join(parts: Iterable<readonly [name: string, plan: Plan]>): Plan;
    /** The digest that approvals and permits bind. */
    get digest(): string;
    /** How many resources it touches, and how. */
    get counts(): documents.PlanCounts;
    /** Digest, tool, counts, and what is to be done to each resource. */
    describe(): Answer<documents.PlanAnswer>;
}
