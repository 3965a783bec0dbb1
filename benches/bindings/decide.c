/* The C part of the benchmark `bindings`, which says what it is asked and answers. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poundlock.h"

static const char OPTIONS[] =
    "{\"format\":\"terraform\",\"nonce\":"
    "\"0707070707070707070707070707070707070707070707070707070707070707\"}";

struct text {
    char *data;
    size_t size;
};

static struct text read_file(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    struct text text = {NULL, 0};
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        exit(2);
    }
    text.size = (size_t)ftell(file);
    rewind(file);
    text.data = malloc(text.size);
    if (text.data == NULL || fread(text.data, 1, text.size, file) != text.size) {
        exit(2);
    }
    fclose(file);
    return text;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void check(int32_t status)
{
    if (status != POUNDLOCK_OK) {
        exit(3);
    }
}

/* The second thread that the program of each language has. */
static void *idle(void *nothing)
{
    for (;;) {
        pause();
    }
    return nothing;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        return 2;
    }
    struct text texts = read_file(arguments[1], "engine.json");
    struct text request = read_file(arguments[1], "request.json");
    struct text document = read_file(arguments[1], "plan.json");
    poundlock_buffer answer = {NULL, 0};
    poundlock_engine *engine = NULL;
    check(poundlock_engine_new(texts.data, texts.size, &engine, &answer));
    poundlock_buffer_free(&answer);
    pthread_t thread;
    check(pthread_create(&thread, NULL, idle, NULL));
    puts("ready");
    fflush(stdout);

    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        long long start = now();
        if (strncmp(line, "decide ", 7) == 0) {
            for (long left = strtol(line + 7, NULL, 10); left > 0; left--) {
                check(poundlock_engine_decide(engine, NULL, NULL, request.data, request.size,
                                              NULL, 0, &answer));
                poundlock_buffer_free(&answer);
            }
        } else {
            poundlock_plan *plan = NULL;
            check(poundlock_plan_read(OPTIONS, sizeof OPTIONS - 1, document.data, document.size,
                                      &plan, &answer));
            poundlock_buffer_free(&answer);
            check(poundlock_engine_decide(engine, NULL, plan, request.data, request.size, NULL, 0,
                                          &answer));
            poundlock_buffer_free(&answer);
            poundlock_plan_free(plan);
        }
        printf("%lld\n", now() - start);
        fflush(stdout);
    }
    poundlock_engine_free(engine);
    free(texts.data);
    free(request.data);
    free(document.data);
    return 0;
}
