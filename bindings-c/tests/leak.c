/* Frees nothing, so that it is seen whether the tools that look for leaks find one. */

#include "test.h"

int main(void)
{
    poundlock_buffer output = {0};
    for (int i = 0; i < 10; i++) {
        if (poundlock_call(TEXT("version"), NULL, 0, &output) != POUNDLOCK_OK) {
            return 2;
        }
    }
    return 0;
}
