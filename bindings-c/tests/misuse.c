/* What the header says of wrong use: each has its outcome, and none of these crashes. */

#define _XOPEN_SOURCE 700

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

/* Every function refuses a NULL in the place of its output, and does nothing. */
static void no_output(const world *all)
{
    poundlock_buffer before = {0};
    poundlock_buffer after = {0};
    poundlock_pack *pack = (poundlock_pack *)&before;
    const char *name = "";
    int32_t status = poundlock_ledger_call(all->ledger, TEXT("head"), NULL, 0, &before);
    check(status == POUNDLOCK_OK, "the head is known");
    for (int which = 0; which < CALLS; which++) {
        check(call_one(which, all, NULL, &name) == POUNDLOCK_INPUT_INVALID_VALUE, name);
    }
    status = poundlock_ledger_call(all->ledger, TEXT("head"), NULL, 0, &after);
    check(status == POUNDLOCK_OK && strcmp((char *)before.data, (char *)after.data) == 0,
          "nothing was written without a place for the answer");
    check(poundlock_pack_parse(TEXT(PACK), &pack, NULL) == POUNDLOCK_INPUT_INVALID_VALUE
              && pack == (poundlock_pack *)&before,
          "nor was a handle");
    poundlock_buffer_free(&before);
    poundlock_buffer_free(&after);
}

/* A handle that must be there and is NULL, and a place for a handle that is. */
static void no_handle(const world *all)
{
    const world none = {0};
    poundlock_buffer output = {0};
    const char *name = "";
    const int with_handle[] = {2, 4, 5, 7, 8, 9, 10, 11, 13};
    for (size_t i = 0; i < sizeof with_handle / sizeof *with_handle; i++) {
        int32_t status = call_one(with_handle[i], &none, &output, &name);
        refuses(status, &output, POUNDLOCK_INPUT_INVALID_VALUE, "\"input.invalid_value\"", name);
    }
#define REFUSES(call, wanted, code, what)                                                          \
    do {                                                                                           \
        int32_t status_of_call = (call);                                                           \
        refuses(status_of_call, &output, (wanted), "\"code\":\"" code "\"", (what));               \
    } while (0)
#define INVALID(call, what) REFUSES(call, POUNDLOCK_INPUT_INVALID_VALUE, "input.invalid_value", what)
    INVALID(poundlock_pack_parse(TEXT(PACK), NULL, &output), "a pack needs a place");
    INVALID(poundlock_plan_read(TEXT(FORMAT), TEXT(BUCKET("logs")), NULL, &output),
            "a plan needs a place");
    INVALID(poundlock_plan_join(TEXT("[]"), NULL, 0, NULL, &output), "so does a joined one");
    INVALID(poundlock_engine_new(TEXT(CHARTER), NULL, &output), "an engine needs a place");
    INVALID(poundlock_engine_of_ledger(all->ledger, NULL, &output), "so does a ledger's");
    INVALID(poundlock_ledger_open(TEXT("{\"memory\":true}"), NULL, &output),
            "a ledger needs a place");
    INVALID(poundlock_engine_admit(all->engine, NULL, NULL, TEXT(REQUEST), NULL, 0, &output),
            "an admission needs a ledger");
    INVALID(poundlock_engine_record(all->engine, NULL, NULL, TEXT(FACT), NULL, 0, &output),
            "so does a fact");
    REFUSES(poundlock_pack_call(all->pack, NULL, TEXT("check"), NULL, 0, &output),
            POUNDLOCK_INPUT_MISSING_FIELD, "input.missing_field", "a check needs a plan");
    REFUSES(poundlock_engine_call(all->engine, NULL, NULL, TEXT("review"), TEXT("{}"), &output),
            POUNDLOCK_INPUT_MISSING_FIELD, "input.missing_field", "a review needs more than {}");
}

/* The texts of each function: `data` and `size` stand in one place, and the others are as they should
 * be. Answers the status, or -1 when there are no more places. */
static int32_t call_with(int which, const world *all, const char *data, size_t size,
                         poundlock_buffer *output)
{
    poundlock_pack *pack = NULL;
    poundlock_plan *plan = NULL;
    poundlock_engine *engine = NULL;
    poundlock_ledger *ledger = NULL;
    const poundlock_plan *plans[2] = {all->plan, all->other};
    int32_t status = -1;
    switch (which) {
    case 0: status = poundlock_call(data, size, NULL, 0, output); break;
    case 1: status = poundlock_pack_call(all->pack, NULL, data, size, NULL, 0, output); break;
    case 2: status = poundlock_plan_call(all->plan, data, size, NULL, 0, output); break;
    case 3:
        status = poundlock_engine_call(all->engine, NULL, NULL, data, size, NULL, 0, output);
        break;
    case 4: status = poundlock_ledger_call(all->ledger, data, size, NULL, 0, output); break;
    /* The rest are documents. */
    case 5: status = poundlock_call(TEXT("canonical"), data, size, output); break;
    case 6: status = poundlock_pack_parse(data, size, &pack, output); break;
    case 7:
        status = poundlock_pack_call(all->pack, all->plan, TEXT("check"), data, size, output);
        break;
    case 8: status = poundlock_plan_read(data, size, TEXT(BUCKET("logs")), &plan, output); break;
    case 9: status = poundlock_plan_read(TEXT(FORMAT), data, size, &plan, output); break;
    case 10: status = poundlock_plan_join(data, size, plans, 2, &plan, output); break;
    case 11: status = poundlock_plan_call(all->plan, TEXT("describe"), data, size, output); break;
    case 12: status = poundlock_engine_new(data, size, &engine, output); break;
    case 13:
        status = poundlock_engine_decide(all->engine, NULL, NULL, data, size, NULL, 0, output);
        break;
    case 14:
        status = poundlock_engine_decide(all->engine, NULL, NULL, TEXT(REQUEST), data, size,
                                         output);
        break;
    case 15:
        status = poundlock_engine_admit(all->engine, all->ledger, NULL, data, size, NULL, 0,
                                        output);
        break;
    case 16:
        status = poundlock_engine_admit(all->engine, all->ledger, NULL, TEXT(REQUEST), data, size,
                                        output);
        break;
    case 17:
        status = poundlock_engine_record(all->engine, all->ledger, NULL, data, size, NULL, 0,
                                         output);
        break;
    case 18:
        status = poundlock_engine_record(all->engine, all->ledger, NULL, TEXT(FACT), data, size,
                                         output);
        break;
    case 19:
        status = poundlock_engine_call(all->engine, all->ledger, NULL, TEXT("begin"), data, size,
                                       output);
        break;
    case 20: status = poundlock_ledger_open(data, size, &ledger, output); break;
    case 21:
        status = poundlock_ledger_call(all->ledger, TEXT("entries"), data, size, output);
        break;
    default: break;
    }
    poundlock_pack_free(pack);
    poundlock_plan_free(plan);
    poundlock_engine_free(engine);
    poundlock_ledger_free(ledger);
    return status;
}

static void wrong_texts(const world *all)
{
    static const char not_utf8[] = "{\"\xff\":\"\xc0\xaf\"}";
    static const char surrogate[] = "\"\xed\xa0\x80\"";
    poundlock_buffer output = {0};
    char what[64];
    for (int which = 0; which < 22; which++) {
        snprintf(what, sizeof what, "a text of a call, number %d", which);
        INVALID(call_with(which, all, NULL, 1, &output), what);
        INVALID(call_with(which, all, NULL, SIZE_MAX, &output), what);
        REFUSES(call_with(which, all, "{}", SIZE_MAX, &output), POUNDLOCK_LIMIT_SIZE, "limit.size",
                what);
        REFUSES(call_with(which, all, "{}", SIZE_MAX / 2 + 1, &output), POUNDLOCK_LIMIT_SIZE,
                "limit.size", what);
        if (which != 11) {
            REFUSES(call_with(which, all, not_utf8, sizeof not_utf8 - 1, &output),
                    POUNDLOCK_INPUT_ENCODING, "input.encoding", what);
            REFUSES(call_with(which, all, surrogate, sizeof surrogate - 1, &output),
                    POUNDLOCK_INPUT_ENCODING, "input.encoding", what);
        }
    }
    INVALID(call_with(11, all, not_utf8, 1, &output), "an operation that takes no input says so");
    for (int which = 0; which < 5; which++) {
        INVALID(call_with(which, all, "", 0, &output), "no name is no operation's");
        INVALID(call_with(which, all, TEXT("divine"), &output), "nor is another name");
        INVALID(call_with(which, all, "describe\0", 9, &output), "nor one with a NUL in it");
    }
    /* A length that is too small is the beginning of the text, and no more is read. */
    REFUSES(poundlock_call(TEXT("canonical"), "[1,2]", 4, &output), POUNDLOCK_INPUT_SYNTAX,
            "input.syntax", "a length that is too small cuts the text off");
    REFUSES(poundlock_call(TEXT("canonical"), "[1]\0", 4, &output), POUNDLOCK_INPUT_SYNTAX,
            "input.syntax", "a NUL is no white space");
    answers(poundlock_call(TEXT("canonical"), "1x", 1, &output), &output, "\"bytes\":\"01\"",
            "no more than the length is read");
}

static void wrong_counts(const world *all)
{
    const poundlock_plan *plans[2] = {all->plan, NULL};
    poundlock_plan *plan = (poundlock_plan *)&plans;
    poundlock_buffer output = {0};
    INVALID(poundlock_plan_join(TEXT("[\"a\",\"b\"]"), plans, 2, &plan, &output),
            "no plan can be NULL");
    check(plan == NULL, "where there is an error, there is no handle");
    INVALID(poundlock_plan_join(TEXT("[\"a\",\"b\"]"), plans, 1, &plan, &output),
            "there must be as many plans as names");
    INVALID(poundlock_plan_join(TEXT("[\"a\",\"b\"]"), plans, SIZE_MAX, &plan, &output),
            "whatever their number");
    INVALID(poundlock_plan_join(TEXT("[\"a\",\"b\"]"), NULL, 2, &plan, &output),
            "the plans cannot be NULL");
    INVALID(poundlock_plan_join(TEXT("[]"), NULL, 0, &plan, &output), "there must be some");
    INVALID(poundlock_plan_join(TEXT("[1,2]"), plans, 2, &plan, &output), "names are strings");
}

static void freeing(void)
{
    poundlock_buffer output = {0};
    poundlock_buffer_free(NULL);
    poundlock_buffer_free(&output);
    check(poundlock_call(TEXT("version"), NULL, 0, &output) == POUNDLOCK_OK && output.data != NULL,
          "there is an answer");
    poundlock_buffer_free(&output);
    check(output.data == NULL && output.size == 0, "a buffer that was freed is zeroed");
    poundlock_buffer_free(&output);
    poundlock_pack_free(NULL);
    poundlock_plan_free(NULL);
    poundlock_engine_free(NULL);
    poundlock_ledger_free(NULL);
    check(1, "NULL, and a zeroed buffer, can be freed");
}

enum { THREADS = 8, ROUNDS = 20 };

typedef struct job {
    const world *all;
    /* What one thread got for each call, to be the same in all of them. */
    poundlock_buffer answers[CALLS];
    int same;
} job;

/* Recording and admitting answer that a repeat is one, after the first. */
static int same_every_time(int which)
{
    return which != 9 && which != 10;
}

static void *many_calls(void *argument)
{
    job *mine = argument;
    mine->same = 1;
    for (int round = 0; round < ROUNDS; round++) {
        for (int which = 0; which < CALLS; which++) {
            poundlock_buffer output = {0};
            const char *name = "";
            int32_t status = call_one(which, mine->all, &output, &name);
            mine->same &= status == POUNDLOCK_OK;
            if (round == 0) {
                mine->answers[which] = output;
            } else {
                mine->same &= !same_every_time(which)
                              || (output.size == mine->answers[which].size
                                  && (output.size == 0
                                      || memcmp(output.data, mine->answers[which].data, output.size)
                                             == 0));
                poundlock_buffer_free(&output);
            }
        }
    }
    return NULL;
}

/* Many threads use one handle of each kind at once; another thread frees what they got. */
static void many_threads(world *all)
{
    pthread_t threads[THREADS];
    job jobs[THREADS];
    poundlock_buffer output = {0};
    const char *name = "";
    /* So that what the ledger adds up to is the same for all. */
    for (int which = 9; which <= 10; which++) {
        check(call_one(which, all, &output, &name) == POUNDLOCK_OK, name);
        poundlock_buffer_free(&output);
    }
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (job){.all = all};
        check(pthread_create(&threads[i], NULL, many_calls, &jobs[i]) == 0, "a thread starts");
    }
    for (int i = 0; i < THREADS; i++) {
        check(pthread_join(threads[i], NULL) == 0, "a thread ends");
        check(jobs[i].same, "calls in many threads succeed alike");
    }
    for (int which = 0; which < CALLS; which++) {
        for (int i = 0; i < THREADS; i++) {
            const poundlock_buffer *one = &jobs[i].answers[which];
            const poundlock_buffer *first = &jobs[0].answers[which];
            check(!same_every_time(which) || (one->size == first->size
                      && (one->size == 0 || memcmp(one->data, first->data, one->size) == 0)),
                  "all threads get the same answer");
        }
    }
    for (int which = 0; which < CALLS; which++) {
        for (int i = 0; i < THREADS; i++) {
            poundlock_buffer_free(&jobs[i].answers[which]);
        }
    }
}

static void *free_all(void *argument)
{
    close_world(argument);
    return NULL;
}

/* In a child of the process that opened it, a ledger refuses, and everything else works. */
static void fork_it(const char *directory)
{
    poundlock_buffer output = {0};
    char input[256];
    world all;
    pid_t child;
    int ended = -1;
    open_world(&all);
    poundlock_ledger_free(all.ledger);
    all.ledger = NULL;
    snprintf(input, sizeof input, "{\"directory\":\"%s/ledger\",\"mode\":\"create\"}", directory);
    OPENS(poundlock_ledger_open(TEXT(input), &all.ledger, &output), all.ledger,
          "a ledger is created");
    answers(poundlock_engine_call(all.engine, all.ledger, NULL, TEXT("begin"), TEXT(BEGIN),
                                  &output),
            &output, "", "and begins");
    answers(poundlock_engine_record(all.engine, all.ledger, NULL, TEXT(FACT), NULL, 0, &output),
            &output, "", "and is written to");
    fflush(stdout);
    child = fork();
    if (child == 0) {
#define FORKED(call, what) REFUSES(call, POUNDLOCK_LEDGER_FORKED, "ledger.forked", what)
        poundlock_engine *engine = NULL;
        passed = 0;
        failed = 0;
        FORKED(poundlock_ledger_call(all.ledger, TEXT("head"), NULL, 0, &output), "head");
        FORKED(poundlock_ledger_call(all.ledger, TEXT("entries"), NULL, 0, &output), "entries");
        FORKED(poundlock_ledger_call(all.ledger, TEXT("verify"), NULL, 0, &output), "verify");
        FORKED(poundlock_engine_of_ledger(all.ledger, &engine, &output), "of_ledger");
        FORKED(poundlock_engine_decide(all.engine, all.ledger, NULL, TEXT(REQUEST), NULL, 0,
                                       &output),
               "decide");
        FORKED(poundlock_engine_admit(all.engine, all.ledger, NULL, TEXT(REQUEST), NULL, 0,
                                      &output),
               "admit");
        FORKED(poundlock_engine_record(all.engine, all.ledger, NULL, TEXT(FACT), NULL, 0, &output),
               "record");
        FORKED(poundlock_engine_call(all.engine, all.ledger, NULL, TEXT("snapshot"), NULL, 0,
                                     &output),
               "snapshot");
        answers(poundlock_pack_call(all.pack, all.plan, TEXT("check"), NULL, 0, &output), &output,
                "\"deny\"", "a pack works in a child");
        answers(poundlock_engine_decide(all.engine, NULL, NULL, TEXT(REQUEST), NULL, 0, &output),
                &output, "\"deny\"", "and an engine does");
        close_world(&all);
        snprintf(input, sizeof input, "{\"directory\":\"%s/ledger\",\"mode\":\"open\"}", directory);
        OPENS(poundlock_ledger_open(TEXT(input), &all.ledger, &output), all.ledger,
              "the child opens the ledger for itself");
        answers(poundlock_ledger_call(all.ledger, TEXT("head"), NULL, 0, &output), &output,
                "\"size\":2", "and reads what is in it");
        poundlock_ledger_free(all.ledger);
        fflush(stdout);
        _exit(failed == 0 ? 0 : 1);
    }
    check(child > 0 && waitpid(child, &ended, 0) == child && ended == 0,
          "a child's use of the ledger is ledger.forked, and no more");
    answers(poundlock_engine_admit(all.engine, all.ledger, NULL, TEXT(REQUEST), NULL, 0, &output),
            &output, "\"allow\"", "the parent goes on");
    close_world(&all);
}

int main(int count, char **arguments)
{
    pthread_t other;
    world all;
    if (count != 2) {
        fprintf(stderr, "usage: misuse EMPTY_DIRECTORY\n");
        return 2;
    }
    fork_it(arguments[1]);
    open_world(&all);
    no_output(&all);
    no_handle(&all);
    wrong_texts(&all);
    wrong_counts(&all);
    freeing();
    many_threads(&all);
    check(pthread_create(&other, NULL, free_all, &all) == 0 && pthread_join(other, NULL) == 0,
          "another thread can free the handles");
    return report();
}
