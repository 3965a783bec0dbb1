/* Calls every function of the C face as a host would. */

#include <stdio.h>
#include <string.h>

#include "poundlock.h"

static int passed = 0;
static int failed = 0;

static void check(int holds, const char *what)
{
    if (holds) {
        passed++;
    } else {
        failed++;
        printf("not so: %s\n", what);
    }
}

static int holds_text(const poundlock_buffer *buffer, const char *text)
{
    const char *data = (const char *)poundlock_buffer_data(buffer);
    size_t size = poundlock_buffer_size(buffer);
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp(data + i, text, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static int32_t call(const char *operation, const char *input, poundlock_buffer **output)
{
    return poundlock_call((const uint8_t *)operation, strlen(operation),
                          (const uint8_t *)input, strlen(input), output);
}

int main(void)
{
    poundlock_buffer *output = NULL;

    check(poundlock_version(&output) == POUNDLOCK_OK, "the version is known");
    check(holds_text(output, "\"engine\":"), "the version names the engine's semantics");
    poundlock_buffer_free(output);

    output = NULL;
    check(call("version", "", &output) == POUNDLOCK_OK, "an operation can be called by its name");
    check(holds_text(output, "\"version\":"), "and answers");
    poundlock_buffer_free(output);

    output = NULL;
    check(poundlock_decide((const uint8_t *)"{", 1, &output) > 0, "half a request is an error");
    check(holds_text(output, "\"code\":\"input."), "whose code says that the input is at fault");
    poundlock_buffer_free(output);

    output = NULL;
    check(call("divine", "", &output) == 106, "an unknown operation has the number of its code");
    check(holds_text(output, "\"code\":\"input.invalid_value\""), "and its name");
    poundlock_buffer_free(output);

    output = NULL;
    check(poundlock_call((const uint8_t *)"\xff", 1, NULL, 0, &output) == 106,
          "an operation that is not UTF-8 is unknown");
    poundlock_buffer_free(output);

    output = NULL;
    check(poundlock_decide(NULL, 1, &output) == 106, "NULL is no input of one byte");
    check(holds_text(output, "\"code\":\"input.invalid_value\""), "and has a code");
    poundlock_buffer_free(output);

    output = NULL;
    check(poundlock_decide((const uint8_t *)"{", SIZE_MAX, &output) == 200,
          "a length beyond memory is refused");
    poundlock_buffer_free(output);

    check(poundlock_version(NULL) == 106, "there must be room for the output");
    check(poundlock_buffer_data(NULL) == NULL, "no buffer has no data");
    check(poundlock_buffer_size(NULL) == 0, "no buffer has no size");
    poundlock_buffer_free(NULL);

    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
