/* Calls every function of the C face as a host would. */

#include "world.h"

int main(void)
{
    poundlock_buffer output = {0};
    poundlock_engine *engine = NULL;
    const char *name = "";
    world all;

    check(poundlock_abi_version() == POUNDLOCK_ABI_VERSION, "the library fits the header");
    check(strcmp(poundlock_version(), POUNDLOCK_VERSION) == 0, "and is of its version");
    check(POUNDLOCK_VERSION[0] - '0' == POUNDLOCK_VERSION_MAJOR
              && POUNDLOCK_VERSION[2] - '0' == POUNDLOCK_VERSION_MINOR
              && POUNDLOCK_VERSION[4] - '0' == POUNDLOCK_VERSION_PATCH,
          "which is there in numbers as well");
    answers(poundlock_call(TEXT("version"), NULL, 0, &output), &output,
            "\"version\":\"" POUNDLOCK_VERSION "\"", "the contract says the same");

    open_world(&all);
    answers(poundlock_pack_call(all.pack, all.plan, TEXT("check"), NULL, 0, &output), &output,
            "\"policy.failed\"", "a pack checks a plan");
    answers(poundlock_engine_decide(all.engine, NULL, NULL, TEXT(REQUEST), NULL, 0, &output),
            &output, "\"verdict\":\"deny\"", "a denial is a success");
    answers(poundlock_engine_record(all.engine, all.ledger, NULL, TEXT(FACT), NULL, 0, &output),
            &output, "\"allow\"", "a fact is admitted");
    answers(poundlock_engine_decide(all.engine, all.ledger, NULL, TEXT(REQUEST), NULL, 0, &output),
            &output, "\"verdict\":\"allow\"", "a decision rests on what is in the ledger");
    answers(poundlock_engine_admit(all.engine, all.ledger, NULL, TEXT(REQUEST), NULL, 0, &output),
            &output, "\"verdict\":\"allow\"", "a request is admitted");
    answers(poundlock_ledger_call(all.ledger, TEXT("head"), NULL, 0, &output), &output,
            "\"size\":3", "each has an entry");

    /* Handles do not depend on one another. */
    OPENS(poundlock_engine_of_ledger(all.ledger, &engine, &output), engine,
          "a ledger knows its law");
    poundlock_engine_free(all.engine);
    all.engine = engine;
    for (int which = 0; which < CALLS; which++) {
        int32_t status = call_one(which, &all, &output, &name);
        check(status == POUNDLOCK_OK, name);
        check(output.data == NULL ? output.size == 0
                                  : output.data[output.size] == 0
                                        && strlen((char *)output.data) == output.size,
              "an output ends with NUL");
        poundlock_buffer_free(&output);
    }
    close_world(&all);
    return report();
}
