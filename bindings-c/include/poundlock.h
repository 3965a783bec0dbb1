/**
 * @file
 * Poundlock: an embeddable, fail-closed policy engine with a hash-chained audit ledger.
 *
 * Made by cbindgen from src/; a test holds it to that.
 *
 * Text goes in as a pointer and a length in bytes, and needs no NUL at its end. It is read during
 * the call and not kept: the caller may free it afterwards. NULL is allowed where the length is 0;
 * elsewhere it is `input.invalid_value`. A length that no memory can have is `limit.size`. Text that
 * is not UTF-8 is `input.encoding`.
 *
 * A call returns POUNDLOCK_OK or the number of an error's code (see poundlock_status), and fills in
 * *output, whatever was there before: with the answer, as JSON text, or with the error, as
 * `{"code":"…","message":"…"}` and, where they are known, `help`, `source`, `line`, `column`,
 * `pointer` and `sequence`. Free it with poundlock_buffer_free, whatever the status. Where `output`
 * is NULL, nothing is done, and the status is that of `input.invalid_value`. A denial is a success.
 *
 * A handle is made by the library, belongs to the caller, and is given back once to the function
 * that frees its kind. Handles do not depend on one another: they may be freed in any order. Every
 * function may be called from any thread, and one handle be used by many threads at once; what must
 * not be is that a handle is freed while a call uses it. A handle which was freed, a length beyond
 * the memory behind its pointer, and a pointer to anything else than what is asked for, are
 * undefined, as everywhere in C.
 *
 * A defect of the library is the error `internal`, and the process lives on.
 */

#ifndef POUNDLOCK_H
#define POUNDLOCK_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of the library that this header belongs to.
 */
#define POUNDLOCK_VERSION "0.1.0"
#define POUNDLOCK_VERSION_MAJOR 0
#define POUNDLOCK_VERSION_MINOR 1
#define POUNDLOCK_VERSION_PATCH 0

/**
 * The status of a call: success, or the number of an error's code. Names and numbers never change
 * their meaning; a later version of the library may return others.
 */
typedef enum poundlock_status {
  /** The call did what it should. */
  POUNDLOCK_OK = 0,
  /** There is nothing in the input. */
  POUNDLOCK_INPUT_EMPTY = 100,
  /** The input is not valid text in an accepted encoding. */
  POUNDLOCK_INPUT_ENCODING = 101,
  /** The input is not well-formed JSON or YAML. */
  POUNDLOCK_INPUT_SYNTAX = 102,
  /** A map has the same key twice. */
  POUNDLOCK_INPUT_DUPLICATE_KEY = 103,
  /** A field is not known at this place. */
  POUNDLOCK_INPUT_UNKNOWN_FIELD = 104,
  /** A required field is absent. */
  POUNDLOCK_INPUT_MISSING_FIELD = 105,
  /** A value has the wrong type or is outside its range. */
  POUNDLOCK_INPUT_INVALID_VALUE = 106,
  /** Anchors, aliases, tags, merge keys and further documents are refused, and in manifests what YAML 1.1 reads otherwise than 1.2. */
  POUNDLOCK_INPUT_YAML_FEATURE = 107,
  /** The text is not a digest of the form sha256:<64 hex digits>. */
  POUNDLOCK_INPUT_DIGEST = 108,
  /** The text is not an RFC 3339 instant with a time zone offset. */
  POUNDLOCK_INPUT_INSTANT = 109,
  /** The text is not a duration such as 90s, 15m, 24h or 7d. */
  POUNDLOCK_INPUT_DURATION = 110,
  /** The document is not the JSON form of a Terraform plan. */
  POUNDLOCK_PLAN_NOT_A_PLAN = 150,
  /** The plan has a format version that is not supported. */
  POUNDLOCK_PLAN_FORMAT = 151,
  /** Terraform reported errors while planning. */
  POUNDLOCK_PLAN_ERRORED = 152,
  /** A part of the plan does not have the shape of its format version. */
  POUNDLOCK_PLAN_MALFORMED = 153,
  /** A part of a report does not have the shape of its format. */
  POUNDLOCK_REPORT_MALFORMED = 160,
  /** The input is larger than its limit. */
  POUNDLOCK_LIMIT_SIZE = 200,
  /** The input is nested deeper than its limit. */
  POUNDLOCK_LIMIT_DEPTH = 201,
  /** The input has more elements than its limit. */
  POUNDLOCK_LIMIT_COUNT = 202,
  /** The entry is larger than 65,535 bytes. */
  POUNDLOCK_LIMIT_ENTRY = 203,
  /** More callers who are not known were refused than are recorded in the time. */
  POUNDLOCK_LIMIT_RATE = 204,
  /** The bytes are not deterministic CBOR. */
  POUNDLOCK_CANONICAL_ENCODING = 250,
  /** Entries hold no floating-point numbers. */
  POUNDLOCK_CANONICAL_FLOAT = 251,
  /** A CEL expression does not parse. */
  POUNDLOCK_POLICY_SYNTAX = 300,
  /** A CEL expression refers to a variable, field or function that does not exist. */
  POUNDLOCK_POLICY_UNKNOWN_NAME = 301,
  /** A CEL expression cannot have the type that its place demands. */
  POUNDLOCK_POLICY_TYPE = 302,
  /** A rule, or a part of one, gives the same result whatever the input, or can never fail. */
  POUNDLOCK_POLICY_CONSTANT = 303,
  /** A pack has no policy, or a policy has no validation. */
  POUNDLOCK_POLICY_EMPTY = 304,
  /** Two policies of a pack, or two variables of a policy, have the same name, or two validations are the same. */
  POUNDLOCK_POLICY_DUPLICATE = 305,
  /** A CEL expression is longer, deeper or larger than its limit. */
  POUNDLOCK_POLICY_COMPLEXITY = 306,
  /** A pack that the charter names has no pinned digest. */
  POUNDLOCK_POLICY_PIN_MISSING = 307,
  /** A pack differs from its pinned digest. */
  POUNDLOCK_POLICY_PIN_MISMATCH = 308,
  /** A pack that the charter names was not supplied. */
  POUNDLOCK_POLICY_PACK_MISSING = 309,
  /** An overlay does not fit its pack, or would weaken it. */
  POUNDLOCK_POLICY_OVERLAY = 310,
  /** The charter contradicts itself or can never be satisfied. */
  POUNDLOCK_CHARTER_INVALID = 400,
  /** The charter refers to something that it does not declare. */
  POUNDLOCK_CHARTER_UNDECLARED = 401,
  /** The charter declares the same name twice. */
  POUNDLOCK_CHARTER_DUPLICATE = 402,
  /** The charter is not the one that the ledger is governed by. */
  POUNDLOCK_CHARTER_MISMATCH = 403,
  /** A text of the charter, its lock file or a pack holds what looks like a secret. */
  POUNDLOCK_CHARTER_SECRET = 404,
  /** A gate judges by whom or from what an artifact was built, and lists no key that signs the report saying so. */
  POUNDLOCK_CHARTER_UNSIGNED = 405,
  /** There is no ledger at this place. */
  POUNDLOCK_LEDGER_NOT_FOUND = 500,
  /** There is already a ledger at this place. */
  POUNDLOCK_LEDGER_EXISTS = 501,
  /** Another writer appended first. */
  POUNDLOCK_LEDGER_CONFLICT = 502,
  /** An entry does not name the hash of the entry before it. */
  POUNDLOCK_LEDGER_LINK_MISMATCH = 503,
  /** An entry has the wrong sequence number. */
  POUNDLOCK_LEDGER_SEQUENCE = 504,
  /** A record's checksum does not match its bytes. */
  POUNDLOCK_LEDGER_CHECKSUM = 505,
  /** A record is not well formed. */
  POUNDLOCK_LEDGER_RECORD = 506,
  /** The ledger holds fewer entries than its head says. */
  POUNDLOCK_LEDGER_TRUNCATED = 507,
  /** The ledger's entries do not have the root or last hash that its head says. */
  POUNDLOCK_LEDGER_HEAD_MISMATCH = 508,
  /** The ledger's head is missing or not well formed. */
  POUNDLOCK_LEDGER_HEAD = 509,
  /** The ledger or an entry has a format version that is not supported. */
  POUNDLOCK_LEDGER_FORMAT = 510,
  /** An attachment that an entry names is missing. */
  POUNDLOCK_LEDGER_ATTACHMENT_MISSING = 511,
  /** An attachment does not have the digest that it is filed under. */
  POUNDLOCK_LEDGER_ATTACHMENT_MISMATCH = 512,
  /** A ledger handle was used in a forked child process. */
  POUNDLOCK_LEDGER_FORKED = 513,
  /** An entry's body does not have the shape of its kind. */
  POUNDLOCK_LEDGER_BODY = 514,
  /** A file does not belong in the ledger directory, or one that belongs there is missing. */
  POUNDLOCK_LEDGER_DIRECTORY = 515,
  /** An entry is not well formed. */
  POUNDLOCK_LEDGER_ENTRY = 516,
  /** The ledger does not begin with a genesis entry. */
  POUNDLOCK_LEDGER_GENESIS = 517,
  /** A stored node of the Merkle tree is missing or is not what the entries give. */
  POUNDLOCK_LEDGER_TILE = 518,
  /** A snapshot is not the state that the entries before it add up to. */
  POUNDLOCK_LEDGER_SNAPSHOT = 519,
  /** The file is not the archive of a ledger, or was changed. */
  POUNDLOCK_LEDGER_ARCHIVE = 521,
  /** The text is not a signed checkpoint. */
  POUNDLOCK_CHECKPOINT_SYNTAX = 550,
  /** The signature of a trusted key on a checkpoint is wrong, or there twice. */
  POUNDLOCK_CHECKPOINT_SIGNATURE = 551,
  /** Fewer trusted keys signed a checkpoint than must have. */
  POUNDLOCK_CHECKPOINT_UNTRUSTED = 552,
  /** A checkpoint is another ledger's. */
  POUNDLOCK_CHECKPOINT_ORIGIN = 553,
  /** Two checkpoints of one ledger cannot both be true. */
  POUNDLOCK_CHECKPOINT_INCONSISTENT = 554,
  /** The ledger has fewer entries than a remembered checkpoint. */
  POUNDLOCK_CHECKPOINT_ROLLED_BACK = 555,
  /** A checkpoint is rightly signed, but has extension lines that nothing here understands. */
  POUNDLOCK_CHECKPOINT_EXTENDED = 556,
  /** The text is not a receipt or a fork proof. */
  POUNDLOCK_PROOF_SYNTAX = 560,
  /** An inclusion or consistency proof does not prove what it should. */
  POUNDLOCK_PROOF_INVALID = 561,
  /** A key is not acceptable, or none is there. */
  POUNDLOCK_KEY_INVALID = 565,
  /** The passphrase of a key is missing, wrong or not needed. */
  POUNDLOCK_KEY_PASSPHRASE = 566,
  /** Two different keys have the same name and id. */
  POUNDLOCK_KEY_AMBIGUOUS = 567,
  /** Two checkpoints are not shown to contradict each other. */
  POUNDLOCK_FORK_UNPROVEN = 568,
  /** Deciding an entry again gives another entry than the recorded one. */
  POUNDLOCK_ENTRY_UNDECIDED = 580,
  /** The operating system reported an error. */
  POUNDLOCK_IO = 600,
  /** An attachment that replay needs no longer exists. */
  POUNDLOCK_REPLAY_UNAVAILABLE = 700,
  /** The text is not a signed token in compact form and nothing else. */
  POUNDLOCK_IDENTITY_TOKEN_MALFORMED = 800,
  /** A token's header brings a key of its own or an extension, or its type is not that of an identity token. */
  POUNDLOCK_IDENTITY_TOKEN_HEADER = 801,
  /** A token's algorithm is not asymmetric, or not one of its key's. */
  POUNDLOCK_IDENTITY_TOKEN_ALGORITHM = 802,
  /** The key set does not have the key that a token names, or a token names none of several. */
  POUNDLOCK_IDENTITY_TOKEN_KEY = 803,
  /** A token's signature is wrong. */
  POUNDLOCK_IDENTITY_TOKEN_SIGNATURE = 804,
  /** A claim that every token has is absent or not what it should be. */
  POUNDLOCK_IDENTITY_TOKEN_CLAIM = 805,
  /** A token is of another issuer than the provider's (R015). */
  POUNDLOCK_IDENTITY_TOKEN_ISSUER = 806,
  /** A token is for an audience that the provider does not declare. */
  POUNDLOCK_IDENTITY_TOKEN_AUDIENCE = 807,
  /** A token lives longer than the provider allows, or not at all (R010). */
  POUNDLOCK_IDENTITY_TOKEN_LIFETIME = 808,
  /** A token has expired. */
  POUNDLOCK_IDENTITY_TOKEN_EXPIRED = 809,
  /** A token is not valid yet. */
  POUNDLOCK_IDENTITY_TOKEN_NOT_YET_VALID = 810,
  /** The provider's mapping gives no acceptable text for an attribute of a token. */
  POUNDLOCK_IDENTITY_TOKEN_ATTRIBUTE = 811,
  /** The provider's condition is not true of a token (R017). */
  POUNDLOCK_IDENTITY_TOKEN_CONDITION = 812,
  /** A token was handed in that is no workload's of the charter, or for an actor that the charter binds to no provider. */
  POUNDLOCK_IDENTITY_TOKEN_UNEXPECTED = 813,
  /** A key set is not acceptable, or has no key that tokens can be verified with. */
  POUNDLOCK_IDENTITY_KEY_INVALID = 820,
  /** Two keys of a key set have the same `kid`. */
  POUNDLOCK_IDENTITY_KEY_AMBIGUOUS = 821,
  /** The text is not an approval statement in its one form. */
  POUNDLOCK_APPROVAL_STATEMENT = 840,
  /** The text is neither an SSH signature nor a DSSE envelope with one signature. */
  POUNDLOCK_APPROVAL_SIGNATURE_MALFORMED = 841,
  /** An SSH signature's namespace is not that of approvals. */
  POUNDLOCK_APPROVAL_SIGNATURE_NAMESPACE = 842,
  /** An envelope's payload type is not that of approvals. */
  POUNDLOCK_APPROVAL_SIGNATURE_PAYLOAD_TYPE = 843,
  /** An envelope holds another statement than the one that is approved. */
  POUNDLOCK_APPROVAL_SIGNATURE_PAYLOAD = 844,
  /** An SSH signature names a certificate in place of a key. */
  POUNDLOCK_APPROVAL_SIGNATURE_CERTIFICATE = 845,
  /** An SSH signature uses a hash other than SHA-256 and SHA-512. */
  POUNDLOCK_APPROVAL_SIGNATURE_HASH = 846,
  /** A signature's key is not among the allowed signers'. */
  POUNDLOCK_APPROVAL_SIGNATURE_UNLISTED = 847,
  /** A signature's key is another person's than the one who approves. */
  POUNDLOCK_APPROVAL_SIGNATURE_PRINCIPAL = 848,
  /** A signature's key does not count yet, or any more. */
  POUNDLOCK_APPROVAL_SIGNATURE_EXPIRED = 849,
  /** A signature is not one over the statement that is approved, or nobody touched the security key. */
  POUNDLOCK_APPROVAL_SIGNATURE_INVALID = 850,
  /** The environment, or Terraform's own configuration, would change what Terraform does, or shows too much. */
  POUNDLOCK_TERRAFORM_ENVIRONMENT = 860,
  /** An argument of Terraform's would change what is admitted, or is not known. */
  POUNDLOCK_TERRAFORM_ARGUMENT = 861,
  /** Terraform could not be run, or failed, or answered what cannot be read. */
  POUNDLOCK_TERRAFORM_FAILED = 862,
  /** The directory does not keep a plan of Terraform's that can be applied. */
  POUNDLOCK_TERRAFORM_KEPT = 863,
  /** The workspace, backend or state is not any more what the plan was made of. */
  POUNDLOCK_TERRAFORM_MOVED = 864,
  /** This application was admitted before, so that it may have been begun. */
  POUNDLOCK_TERRAFORM_REPEATED = 865,
  /** A handle was used after it was closed. */
  POUNDLOCK_HANDLE_CLOSED = 870,
  /** A defect of this library. */
  POUNDLOCK_INTERNAL = 900,
} poundlock_status;

/**
 * The version of the binary interface that this header describes. It grows when a program that was
 * built with an older header can no longer run with the library.
 */
#define POUNDLOCK_ABI_VERSION 1

/**
 * A charter with the packs that it pins, compiled. Any number of threads may use it at the same
 * time, and with any number of ledgers. Free it with poundlock_engine_free.
 */
typedef struct poundlock_engine poundlock_engine;

/**
 * An open ledger. Any number of threads may use it at the same time, and other processes may have
 * the same directory open. In a child of the process that opened it, every call is
 * `ledger.forked`: open it there again. Free it with poundlock_ledger_free.
 */
typedef struct poundlock_ledger poundlock_ledger;

/**
 * A policy pack with its overlays, compiled. It never changes: any number of threads may use it at
 * the same time. Free it with poundlock_pack_free.
 */
typedef struct poundlock_pack poundlock_pack;

/**
 * The resource changes of a plan. It never changes: any number of threads may use it at the same
 * time. Free it with poundlock_plan_free.
 */
typedef struct poundlock_plan poundlock_plan;

/**
 * UTF-8 text that a call filled in and the caller owns: an answer or an error.
 *
 * `data` points to `size` bytes, and a NUL byte after them that is not counted; it is NULL, and
 * `size` 0, where a call has nothing to say. Whoever owns the buffer may read it from any thread,
 * and must give it to poundlock_buffer_free as it was filled in.
 */
typedef struct poundlock_buffer {
  /**
   * The text.
   */
  uint8_t *data;
  /**
   * The number of bytes in the text.
   */
  size_t size;
} poundlock_buffer;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the binary interface of the library that is running.
 *
 * A program that loads the shared library by itself compares it with POUNDLOCK_ABI_VERSION before
 * it calls anything else.
 *
 * @return POUNDLOCK_ABI_VERSION, as it was when the library was built.
 */
uint32_t poundlock_abi_version(void);

/**
 * The version of the library that is running, such as `0.1.0`.
 *
 * @return Text that ends with NUL. It belongs to the library and is never freed.
 */
const char *poundlock_version(void);

/**
 * Carries out an operation that needs no handle, such as `version`, `lock` or `simulate`.
 *
 * @param operation The name of the operation; NULL, or a name that is not known, is
 *        `input.invalid_value`.
 * @param operation_length The number of bytes in the name.
 * @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
 * @param input_length The number of bytes in the input.
 * @param output Receives the answer or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `operation` and `input` point to as many readable bytes as their lengths say, or those are 0;
 * `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_call(const char *operation,
                       size_t operation_length,
                       const char *input,
                       size_t input_length,
                       struct poundlock_buffer *output);

/**
 * Frees the text of a buffer and zeroes the buffer, so that to free it again is harmless.
 *
 * @param buffer The buffer; NULL, and one that is zeroed, are allowed and ignored. The memory of
 *        the structure itself stays the caller's. A copy of a buffer is not zeroed: free only one.
 *
 * # Safety
 *
 * `buffer` is NULL or points to a buffer that is zeroed or as a call filled it in, and no other
 * thread uses it.
 */
void poundlock_buffer_free(struct poundlock_buffer *buffer);

/**
 * Makes the engine of a charter.
 *
 * @param input `{"charter":"<YAML>","lock":"<YAML>","packs":["<YAML>",…]}`; overlays stand among
 *        the packs.
 * @param input_length The number of bytes in the input.
 * @param engine Receives the new engine, or NULL if there is an error. NULL is
 *        `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `input` points to `input_length` readable bytes, or that is 0; `engine` is NULL or points to
 * memory for a pointer; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_engine_new(const char *input,
                             size_t input_length,
                             struct poundlock_engine **engine,
                             struct poundlock_buffer *output);

/**
 * Makes the engine of the charter that governs a ledger, from what the ledger itself holds.
 *
 * @param ledger The ledger, which may be freed before the engine; NULL is `input.invalid_value`.
 * @param engine Receives the new engine, or NULL if there is an error. NULL is
 *        `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `ledger` is NULL or was not freed; `engine` is NULL or points to memory for a pointer; `output`
 * is NULL or points to memory for a buffer.
 */
int32_t poundlock_engine_of_ledger(const struct poundlock_ledger *ledger,
                                   struct poundlock_engine **engine,
                                   struct poundlock_buffer *output);

/**
 * Decides a request and writes nothing. A denial is a success: the decision says so.
 *
 * @param engine The engine; NULL is `input.invalid_value`.
 * @param ledger The ledger whose state the decision rests on; NULL for one without entries.
 * @param plan The plan of the change; NULL if the request has none.
 * @param request The request, as JSON text.
 * @param request_length The number of bytes in the request.
 * @param credential `{"token":"…","keySet":"<JSON>"}`; nothing (`credential_length` 0) if the actor
 *        shows none. It is never a part of the request, which could bring its own keys.
 * @param credential_length The number of bytes in the credential.
 * @param output Receives the decision or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `engine`, `ledger` and `plan` are NULL or were not freed; `request` and `credential` point to as
 * many readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory
 * for a buffer.
 */
int32_t poundlock_engine_decide(const struct poundlock_engine *engine,
                                const struct poundlock_ledger *ledger,
                                const struct poundlock_plan *plan,
                                const char *request,
                                size_t request_length,
                                const char *credential,
                                size_t credential_length,
                                struct poundlock_buffer *output);

/**
 * Decides a request and writes the entry of the decision. The answer comes after the entry is
 * durable; without it, nothing was allowed. A denial is a success: the admission says so.
 *
 * @param engine The engine; NULL is `input.invalid_value`.
 * @param ledger The ledger; NULL is `input.invalid_value`.
 * @param plan The plan of the change; NULL if the request has none.
 * @param request The request, as JSON text.
 * @param request_length The number of bytes in the request.
 * @param credential As for poundlock_engine_decide.
 * @param credential_length The number of bytes in the credential.
 * @param output Receives the admission or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * As for poundlock_engine_decide.
 */
int32_t poundlock_engine_admit(const struct poundlock_engine *engine,
                               const struct poundlock_ledger *ledger,
                               const struct poundlock_plan *plan,
                               const char *request,
                               size_t request_length,
                               const char *credential,
                               size_t credential_length,
                               struct poundlock_buffer *output);

/**
 * Admits a fact and writes its entry. The answer comes after the entry is durable. A refusal is a
 * success: the admission says so.
 *
 * @param engine The engine; NULL is `input.invalid_value`.
 * @param ledger The ledger; NULL is `input.invalid_value`.
 * @param law The engine of the new charter, where the fact changes the law; NULL elsewhere.
 * @param fact The fact, as JSON text.
 * @param fact_length The number of bytes in the fact.
 * @param credential As for poundlock_engine_decide.
 * @param credential_length The number of bytes in the credential.
 * @param output Receives the admission or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `engine`, `ledger` and `law` are NULL or were not freed; `fact` and `credential` point to as many
 * readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a
 * buffer.
 */
int32_t poundlock_engine_record(const struct poundlock_engine *engine,
                                const struct poundlock_ledger *ledger,
                                const struct poundlock_engine *law,
                                const char *fact,
                                size_t fact_length,
                                const char *credential,
                                size_t credential_length,
                                struct poundlock_buffer *output);

/**
 * Carries out another operation of an engine, such as `begin`, `check`, `review` or `snapshot`.
 *
 * @param engine The engine; NULL is `input.invalid_value`.
 * @param ledger The ledger that the operation is about; NULL where it needs none.
 * @param plan The plan that the operation is about; NULL where it needs none.
 * @param operation The name of the operation.
 * @param operation_length The number of bytes in the name.
 * @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
 * @param input_length The number of bytes in the input.
 * @param output Receives the answer or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `engine`, `ledger` and `plan` are NULL or were not freed; `operation` and `input` point to as many
 * readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a
 * buffer.
 */
int32_t poundlock_engine_call(const struct poundlock_engine *engine,
                              const struct poundlock_ledger *ledger,
                              const struct poundlock_plan *plan,
                              const char *operation,
                              size_t operation_length,
                              const char *input,
                              size_t input_length,
                              struct poundlock_buffer *output);

/**
 * Frees an engine.
 *
 * @param engine The engine, which must not be used again; NULL is allowed and ignored.
 *
 * # Safety
 *
 * `engine` is NULL or was not freed, and no other thread uses it.
 */
void poundlock_engine_free(struct poundlock_engine *engine);

/**
 * Creates or opens a ledger.
 *
 * @param input `{"directory":"…","mode":"create"}`, with `open` or `readOnly` in place of
 *        `create`, or `{"memory":true}` for one that is gone when it is freed.
 * @param input_length The number of bytes in the input.
 * @param ledger Receives the new handle, or NULL if there is an error. NULL is
 *        `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `input` points to `input_length` readable bytes, or that is 0; `ledger` is NULL or points to
 * memory for a pointer; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_ledger_open(const char *input,
                              size_t input_length,
                              struct poundlock_ledger **ledger,
                              struct poundlock_buffer *output);

/**
 * Carries out an operation on a ledger, such as `head`, `entries`, `verify` or `receipt`.
 *
 * @param ledger The ledger; NULL is `input.invalid_value`.
 * @param operation The name of the operation.
 * @param operation_length The number of bytes in the name.
 * @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
 * @param input_length The number of bytes in the input.
 * @param output Receives the answer or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `ledger` is NULL or was not freed; `operation` and `input` point to as many readable bytes as
 * their lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_ledger_call(const struct poundlock_ledger *ledger,
                              const char *operation,
                              size_t operation_length,
                              const char *input,
                              size_t input_length,
                              struct poundlock_buffer *output);

/**
 * Closes a ledger. What was acknowledged is durable without it.
 *
 * @param ledger The ledger, which must not be used again; NULL is allowed and ignored.
 *
 * # Safety
 *
 * `ledger` is NULL or was not freed, and no other thread uses it.
 */
void poundlock_ledger_free(struct poundlock_ledger *ledger);

/**
 * Reads and compiles a policy pack.
 *
 * @param input `{"pack":"<YAML>","overlays":["<YAML>",…]}`; the overlays may be left out.
 * @param input_length The number of bytes in the input.
 * @param pack Receives the new pack, or NULL if there is an error. NULL is `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `input` points to `input_length` readable bytes, or that is 0; `pack` is NULL or points to memory
 * for a pointer; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_pack_parse(const char *input,
                             size_t input_length,
                             struct poundlock_pack **pack,
                             struct poundlock_buffer *output);

/**
 * Carries out an operation on a pack: `describe`, `lint`, `test` or `check`.
 *
 * @param pack The pack; NULL is `input.invalid_value`.
 * @param plan The plan that `check` is about; NULL where the operation needs none.
 * @param operation The name of the operation.
 * @param operation_length The number of bytes in the name.
 * @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
 * @param input_length The number of bytes in the input.
 * @param output Receives the answer or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `pack` and `plan` are NULL or were not freed; `operation` and `input` point to as many readable
 * bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_pack_call(const struct poundlock_pack *pack,
                            const struct poundlock_plan *plan,
                            const char *operation,
                            size_t operation_length,
                            const char *input,
                            size_t input_length,
                            struct poundlock_buffer *output);

/**
 * Frees a pack.
 *
 * @param pack The pack, which must not be used again; NULL is allowed and ignored.
 *
 * # Safety
 *
 * `pack` is NULL or was not freed, and no other thread uses it.
 */
void poundlock_pack_free(struct poundlock_pack *pack);

/**
 * Reads a plan.
 *
 * @param options `{"format":"terraform","nonce":"<64 hexadecimal digits>"}`, the same of `pulumi`,
 *        `{"format":"kubernetes"}` or `{"format":"resources"}`. A plan that was read without its nonce can be checked, and no
 *        request can be decided with it.
 * @param options_length The number of bytes in the options.
 * @param document What `terraform show -json` or `pulumi preview --json` printed, Kubernetes manifests, or, of a host that describes its resources itself,
 *        `{"resources":[{"type":"…","address":"…","object":{…}},…]}`.
 * @param document_length The number of bytes in the document.
 * @param plan Receives the new plan, or NULL if there is an error. NULL is `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `options` and `document` point to as many readable bytes as their lengths say, or those are 0;
 * `plan` is NULL or points to memory for a pointer; `output` is NULL or points to memory for a
 * buffer.
 */
int32_t poundlock_plan_read(const char *options,
                            size_t options_length,
                            const char *document,
                            size_t document_length,
                            struct poundlock_plan **plan,
                            struct poundlock_buffer *output);

/**
 * Joins the plans of several parts of a change to one.
 *
 * @param names The names of the parts, as a JSON list of strings.
 * @param names_length The number of bytes in the names.
 * @param plans The plans, in the order of their names; NULL among them is `input.invalid_value`.
 *        They stay the caller's, and may be freed before the new plan.
 * @param count The number of plans, which must be that of the names.
 * @param plan Receives the new plan, or NULL if there is an error. NULL is `input.invalid_value`.
 * @param output Receives the error, or nothing; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `names` points to `names_length` readable bytes, or that is 0; `plans` points to `count` handles,
 * each NULL or not freed, or `count` is not the number of the names; `plan` is NULL or points to
 * memory for a pointer; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_plan_join(const char *names,
                            size_t names_length,
                            const struct poundlock_plan *const *plans,
                            size_t count,
                            struct poundlock_plan **plan,
                            struct poundlock_buffer *output);

/**
 * Carries out an operation on a plan: `describe`.
 *
 * @param plan The plan; NULL is `input.invalid_value`.
 * @param operation The name of the operation.
 * @param operation_length The number of bytes in the name.
 * @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
 * @param input_length The number of bytes in the input.
 * @param output Receives the answer or the error; free it with poundlock_buffer_free.
 * @return POUNDLOCK_OK or the number of an error's code.
 *
 * # Safety
 *
 * `plan` is NULL or was not freed; `operation` and `input` point to as many readable bytes as their
 * lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
 */
int32_t poundlock_plan_call(const struct poundlock_plan *plan,
                            const char *operation,
                            size_t operation_length,
                            const char *input,
                            size_t input_length,
                            struct poundlock_buffer *output);

/**
 * Frees a plan.
 *
 * @param plan The plan, which must not be used again; NULL is allowed and ignored.
 *
 * # Safety
 *
 * `plan` is NULL or was not freed, and no other thread uses it.
 */
void poundlock_plan_free(struct poundlock_plan *plan);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* POUNDLOCK_H */
