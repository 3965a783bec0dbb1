/* One handle of each kind, and a call of every function with them. */

#ifndef POUNDLOCK_TESTS_WORLD_H
#define POUNDLOCK_TESTS_WORLD_H

#include "documents.h"
#include "test.h"

typedef struct world {
    poundlock_pack *pack;
    poundlock_plan *plan;
    poundlock_plan *other;
    poundlock_engine *engine;
    poundlock_ledger *ledger;
} world;

static inline void open_world(world *all)
{
    poundlock_buffer output = {0};
    *all = (world){0};
    OPENS(poundlock_pack_parse(TEXT(PACK), &all->pack, &output), all->pack, "a pack is parsed");
    OPENS(poundlock_plan_read(TEXT(FORMAT), TEXT(BUCKET("logs")), &all->plan, &output), all->plan,
          "a list of resources is read");
    OPENS(poundlock_plan_read(TEXT(FORMAT), TEXT(BUCKET("acme-logs")), &all->other, &output),
          all->other, "and another");
    OPENS(poundlock_engine_new(TEXT(CHARTER), &all->engine, &output), all->engine,
          "an engine is made");
    OPENS(poundlock_ledger_open(TEXT("{\"memory\":true}"), &all->ledger, &output), all->ledger,
          "a ledger is opened in memory");
    answers(poundlock_engine_call(all->engine, all->ledger, NULL, TEXT("begin"), TEXT(BEGIN),
                                  &output),
            &output, "", "a ledger begins");
}

static inline void close_world(world *all)
{
    poundlock_pack_free(all->pack);
    poundlock_plan_free(all->plan);
    poundlock_plan_free(all->other);
    poundlock_engine_free(all->engine);
    poundlock_ledger_free(all->ledger);
    *all = (world){0};
}

/* Every function that has an output. */
enum { CALLS = 14 };

/* Calls one of them as it is meant. A handle that it opens is freed. */
static inline int32_t call_one(int which, const world *all, poundlock_buffer *output,
                               const char **name)
{
    poundlock_pack *pack = NULL;
    poundlock_plan *plan = NULL;
    poundlock_engine *engine = NULL;
    poundlock_ledger *ledger = NULL;
    const poundlock_plan *plans[2] = {all->plan, all->other};
    int32_t status = -1;
    switch (which) {
    case 0:
        *name = "poundlock_call";
        status = poundlock_call(TEXT("version"), NULL, 0, output);
        break;
    case 1:
        *name = "poundlock_pack_parse";
        status = poundlock_pack_parse(TEXT(PACK), &pack, output);
        break;
    case 2:
        *name = "poundlock_pack_call";
        status = poundlock_pack_call(all->pack, all->plan, TEXT("check"), NULL, 0, output);
        break;
    case 3:
        *name = "poundlock_plan_read";
        status = poundlock_plan_read(TEXT(FORMAT), TEXT(BUCKET("logs")), &plan, output);
        break;
    case 4:
        *name = "poundlock_plan_join";
        status = poundlock_plan_join(TEXT("[\"a\",\"b\"]"), plans, 2, &plan, output);
        break;
    case 5:
        *name = "poundlock_plan_call";
        status = poundlock_plan_call(all->plan, TEXT("describe"), NULL, 0, output);
        break;
    case 6:
        *name = "poundlock_engine_new";
        status = poundlock_engine_new(TEXT(CHARTER), &engine, output);
        break;
    case 7:
        *name = "poundlock_engine_of_ledger";
        status = poundlock_engine_of_ledger(all->ledger, &engine, output);
        break;
    case 8:
        *name = "poundlock_engine_decide";
        status = poundlock_engine_decide(all->engine, all->ledger, NULL, TEXT(REQUEST), NULL, 0,
                                         output);
        break;
    case 9:
        *name = "poundlock_engine_record";
        status = poundlock_engine_record(all->engine, all->ledger, NULL, TEXT(FACT), NULL, 0,
                                         output);
        break;
    case 10:
        *name = "poundlock_engine_admit";
        status = poundlock_engine_admit(all->engine, all->ledger, NULL, TEXT(REQUEST), NULL, 0,
                                        output);
        break;
    case 11:
        *name = "poundlock_engine_call";
        status = poundlock_engine_call(all->engine, NULL, NULL, TEXT("describe"), NULL, 0, output);
        break;
    case 12:
        *name = "poundlock_ledger_open";
        status = poundlock_ledger_open(TEXT("{\"memory\":true}"), &ledger, output);
        break;
    case 13:
        *name = "poundlock_ledger_call";
        status = poundlock_ledger_call(all->ledger, TEXT("head"), NULL, 0, output);
        break;
    default:
        break;
    }
    poundlock_pack_free(pack);
    poundlock_plan_free(plan);
    poundlock_engine_free(engine);
    poundlock_ledger_free(ledger);
    return status;
}

#endif
