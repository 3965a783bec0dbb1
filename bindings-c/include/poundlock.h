/* Poundlock: an embeddable, fail-closed policy engine with a hash-chained audit ledger.
 *
 * Made by cbindgen from src/lib.rs; a test holds it to that.
 *
 * Every function may be called from any thread, returns 0 (POUNDLOCK_OK) or the number of an error
 * code, and leaves a new buffer in *output: the answer, or the error, as JSON text. Free it with
 * poundlock_buffer_free, whatever the status. (Only where output is NULL is there none.)
 */

#ifndef POUNDLOCK_H
#define POUNDLOCK_H

#include <stddef.h>
#include <stdint.h>

/**
 * The status of success.
 */
#define POUNDLOCK_OK 0

/**
 * UTF-8 text that the library owns until `poundlock_buffer_free`. It may contain NUL bytes and
 * does not end with one.
 */
typedef struct poundlock_buffer poundlock_buffer;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of this library and of its engine's semantics: `{"version":"…","engine":1}`.
 *
 * # Safety
 *
 * `output` points to memory for a pointer.
 */
int32_t poundlock_version(poundlock_buffer **output);

/**
 * Decides a request: JSON text in, the decision out. A denial is a success.
 *
 * # Safety
 *
 * `request` points to `length` readable bytes, or `length` is 0; `output` is NULL or points to
 * memory for a pointer.
 */
int32_t poundlock_decide(const uint8_t *request, size_t length, poundlock_buffer **output);

/**
 * Carries out any operation of the contract by its name.
 *
 * # Safety
 *
 * `operation` and `input` point to as many readable bytes as their lengths say, or those are 0;
 * `output` points to memory for a pointer.
 */
int32_t poundlock_call(const uint8_t *operation,
                       size_t operation_length,
                       const uint8_t *input,
                       size_t input_length,
                       poundlock_buffer **output);

/**
 * The first byte of a buffer; NULL if `buffer` is NULL.
 *
 * # Safety
 *
 * `buffer` is NULL or came from this library and was not freed.
 */
const uint8_t *poundlock_buffer_data(const poundlock_buffer *buffer);

/**
 * The number of bytes in a buffer; 0 if `buffer` is NULL.
 *
 * # Safety
 *
 * `buffer` is NULL or came from this library and was not freed.
 */
size_t poundlock_buffer_size(const poundlock_buffer *buffer);

/**
 * Frees a buffer. NULL is allowed and ignored.
 *
 * # Safety
 *
 * `buffer` is NULL or came from this library, was not freed, and is not used again.
 */
void poundlock_buffer_free(poundlock_buffer *buffer);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* POUNDLOCK_H */
