/* A panic inside any function comes back as an error, and all goes on as before. Built with a library
 * that has the feature `panic-drill`. */

#include "world.h"

/* Makes the guard of the C face panic in the next call; not in the header. */
void poundlock_panic_drill(void);

static void panics(const world *all, int which, const char *where)
{
    poundlock_buffer output = {0};
    const char *name = "";
    int32_t status = call_one(which, all, &output, &name);
    char what[128];
    snprintf(what, sizeof what, "%s survives a panic %s", name, where);
    refuses(status, &output, POUNDLOCK_INTERNAL, "{\"code\":\"internal\",", what);
    snprintf(what, sizeof what, "%s works after a panic %s", name, where);
    status = call_one(which, all, &output, &name);
    check(status == POUNDLOCK_OK, what);
    poundlock_buffer_free(&output);
}

int main(void)
{
    poundlock_buffer output = {0};
    world all;
    open_world(&all);
    for (int which = 0; which < CALLS; which++) {
        answers(poundlock_call(TEXT("panic_drill"), NULL, 0, &output), &output, "",
                "the library is armed");
        panics(&all, which, "in the library");
        poundlock_panic_drill();
        panics(&all, which, "in the guard");
    }
    /* There is no one to tell, and nothing is freed twice. */
    poundlock_panic_drill();
    poundlock_pack_free(all.pack);
    poundlock_panic_drill();
    poundlock_plan_free(all.plan);
    poundlock_panic_drill();
    poundlock_engine_free(all.engine);
    poundlock_panic_drill();
    poundlock_ledger_free(all.ledger);
    poundlock_plan_free(all.other);
    return report();
}
