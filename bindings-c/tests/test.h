/* What the tests of the C face share: a count of what held. */

#ifndef POUNDLOCK_TESTS_TEST_H
#define POUNDLOCK_TESTS_TEST_H

#include <stdio.h>
#include <string.h>

#include "poundlock.h"

static int passed = 0;
static int failed = 0;

static inline void check(int holds, const char *what)
{
    if (holds) {
        passed++;
    } else {
        failed++;
        printf("not so: %s\n", what);
    }
}

/* Prints the sum; answers the status of the program. */
static inline int report(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

static inline int has(const poundlock_buffer *buffer, const char *part)
{
    return buffer->data != NULL && strstr((const char *)buffer->data, part) != NULL;
}

/* Checks that a call failed with this code, and frees its output. */
static inline void refuses(int32_t status, poundlock_buffer *output, poundlock_status wanted,
                           const char *code, const char *what)
{
    check(status == (int32_t)wanted && has(output, code), what);
    if (status != (int32_t)wanted) {
        printf("  status %d: %s\n", (int)status,
               output->data == NULL ? "" : (const char *)output->data);
    }
    poundlock_buffer_free(output);
}

/* Checks that a call succeeded with an answer that has this part, and frees its output. */
static inline void answers(int32_t status, poundlock_buffer *output, const char *part,
                           const char *what)
{
    check(status == POUNDLOCK_OK && has(output, part), what);
    if (status != POUNDLOCK_OK || !has(output, part)) {
        printf("  status %d: %s\n", (int)status,
               output->data == NULL ? "" : (const char *)output->data);
    }
    poundlock_buffer_free(output);
}

/* Checks that a call opened a handle, about which there is nothing to say. */
static inline void opens(int32_t status, const void *handle, poundlock_buffer *output,
                         const char *what)
{
    check(status == POUNDLOCK_OK && handle != NULL && output->data == NULL && output->size == 0,
          what);
    if (status != POUNDLOCK_OK) {
        printf("  status %d: %s\n", (int)status, (const char *)output->data);
    }
    poundlock_buffer_free(output);
}

/* The same of a call whose output is `output`; the handle is looked at after the call. */
#define OPENS(call, handle, what)                                                                  \
    do {                                                                                           \
        int32_t status_of_open = (call);                                                           \
        opens(status_of_open, (handle), &output, (what));                                          \
    } while (0)

/* A text and its length, as two arguments. */
#define TEXT(text) (text), strlen(text)

#endif
