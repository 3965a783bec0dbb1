/* Runs the vectors of a directory through the C face and prints what the library answered, one line
 * a vector; with `work`, hands a list of requests and facts in to a ledger. See
 * tests/vectors/README.md. */

#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "poundlock.h"

_Noreturn void give_up(const char *why, const char *what)
{
    fflush(stdout);
    fprintf(stderr, "runner: %s: %s\n", why, what);
    exit(2);
}

/* Files */

static text read_file(const char *path)
{
    text content = {0};
    char part[65536];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        give_up("a file cannot be opened", path);
    }
    while ((size = fread(part, 1, sizeof part, file)) > 0) {
        append(&content, part, size);
    }
    if (ferror(file)) {
        give_up("a file cannot be read", path);
    }
    fclose(file);
    return content;
}

typedef struct paths {
    char **items;
    size_t count;
} paths;

static void find_files(const char *directory, const char *relative, paths *found)
{
    DIR *open_directory = opendir(directory);
    struct dirent *entry;
    if (open_directory == NULL) {
        give_up("a directory cannot be opened", directory);
    }
    while ((entry = readdir(open_directory)) != NULL) {
        text path = {0};
        text inside = {0};
        struct stat about;
        size_t length = strlen(entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        append_text(&path, directory);
        append_text(&path, "/");
        append(&path, entry->d_name, length + 1);
        append_text(&inside, relative);
        append(&inside, entry->d_name, length + 1);
        if (stat(path.data, &about) != 0) {
            give_up("a file cannot be read", path.data);
        }
        if (S_ISDIR(about.st_mode)) {
            inside.size--;
            append(&inside, "/", 2);
            find_files(path.data, inside.data, found);
            clear(&inside);
        } else if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0) {
            char **moved = realloc(found->items, (found->count + 1) * sizeof *moved);
            if (moved == NULL) {
                give_up("out of memory", "");
            }
            found->items = moved;
            found->items[found->count++] = inside.data;
        } else {
            clear(&inside);
        }
        clear(&path);
    }
    closedir(open_directory);
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void decode_hex(slice string, text *out)
{
    for (size_t i = 1; i + 2 < string.size; i += 2) {
        char digits[3] = {string.data[i], string.data[i + 1], 0};
        char byte = (char)strtoul(digits, NULL, 16);
        append(out, &byte, 1);
    }
}

/* Makes a new directory with the files of a vector, and answers its path, which ends with NUL. */
static text make_directory(slice files)
{
    text directory = {0};
    slice name;
    slice content = {0};
    const char *parent = getenv("TMPDIR");
    append_text(&directory, parent == NULL ? "/tmp" : parent);
    append(&directory, "/poundlock-runner-XXXXXX", sizeof "/poundlock-runner-XXXXXX");
    if (mkdtemp(directory.data) == NULL) {
        give_up("no directory can be made", directory.data);
    }
    while ((content = json_next_member(files, content, &name)).data != NULL) {
        text path = {0};
        text bytes = {0};
        FILE *file;
        append(&path, directory.data, directory.size - 1);
        append_text(&path, "/");
        json_decode(name, &path);
        append(&path, "", 1);
        for (char *at = path.data + directory.size; (at = strchr(at, '/')) != NULL; at++) {
            *at = 0;
            if (mkdir(path.data, 0777) != 0 && errno != EEXIST) {
                give_up("a directory cannot be made", path.data);
            }
            *at = '/';
        }
        decode_hex(content, &bytes);
        file = fopen(path.data, "wb");
        if (file == NULL || fwrite(whole(&bytes).data, 1, bytes.size, file) != bytes.size
            || fclose(file) != 0) {
            give_up("a file cannot be written", path.data);
        }
        clear(&path);
        clear(&bytes);
    }
    return directory;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Puts `by` in the place of every `this`. */
static void replace(text *in, const char *this, slice by)
{
    text out = {0};
    size_t length = strlen(this);
    size_t i = 0;
    while (i < in->size) {
        if (in->size - i >= length && memcmp(in->data + i, this, length) == 0) {
            append_slice(&out, by);
            i += length;
        } else {
            append(&out, in->data + i, 1);
            i++;
        }
    }
    clear(in);
    *in = out;
}

/* Handles */

typedef enum kind { CALL, PACK, PLAN, ENGINE, LEDGER, KINDS } kind;

static const char *const kind_names[KINDS] = {"call", "pack", "plan", "engine", "ledger"};

typedef struct handle {
    text name;
    kind kind;
    void *pointer;
} handle;

typedef struct handles {
    handle *items;
    size_t count;
} handles;

static void keep(handles *all, slice name, kind kind, void *pointer)
{
    handle *moved = realloc(all->items, (all->count + 1) * sizeof *moved);
    if (moved == NULL) {
        give_up("out of memory", "");
    }
    all->items = moved;
    all->items[all->count] = (handle){{0}, kind, pointer};
    if (name.data == NULL) {
        append_text(&all->items[all->count].name, kind_names[kind]);
    } else {
        json_decode(name, &all->items[all->count].name);
    }
    all->count++;
}

/* The handle of this name, or of its kind's where there is no name. */
static void *find(const handles *all, slice name, kind kind)
{
    text wanted = {0};
    void *found = NULL;
    if (name.data == NULL) {
        append_text(&wanted, kind_names[kind]);
    } else {
        json_decode(name, &wanted);
    }
    for (size_t i = 0; i < all->count; i++) {
        const handle *one = &all->items[i];
        if (one->kind == kind && one->name.size == wanted.size
            && memcmp(whole(&one->name).data, whole(&wanted).data, wanted.size) == 0) {
            found = one->pointer;
        }
    }
    clear(&wanted);
    return found;
}

static void free_all(handles *all)
{
    while (all->count > 0) {
        handle *one = &all->items[--all->count];
        switch (one->kind) {
        case PACK: poundlock_pack_free(one->pointer); break;
        case PLAN: poundlock_plan_free(one->pointer); break;
        case ENGINE: poundlock_engine_free(one->pointer); break;
        case LEDGER: poundlock_ledger_free(one->pointer); break;
        default: break;
        }
        clear(&one->name);
    }
    free(all->items);
    *all = (handles){0};
}

/* Steps */

static const char no_handle[] = "{\"error\":{\"code\":\"runner.no_handle\"}}";

/* What is handed in: nothing, a string's characters, another value's text, or bytes. */
static text input_of(slice step, const text *directory)
{
    text input = {0};
    slice given = json_member(step, "input");
    slice hex = json_member(step, "input_hex");
    slice repeat = json_member(step, "repeat");
    if (json_is_string(given)) {
        json_decode(given, &input);
    } else if (given.data != NULL) {
        json_compact(given, &input);
    } else if (hex.data != NULL) {
        decode_hex(hex, &input);
    }
    if (directory->size > 0) {
        replace(&input, "$DIR", (slice){directory->data, directory->size - 1});
    }
    if (repeat.data != NULL) {
        text once = {0};
        text all = {0};
        json_decode(json_member(repeat, "text"), &once);
        for (long left = strtol(json_member(repeat, "count").data, NULL, 10); left > 0; left--) {
            append_slice(&all, whole(&once));
        }
        replace(&input, "$REPEAT", whole(&all));
        clear(&once);
        clear(&all);
    }
    return input;
}

/* The handle that a member of the step names; `*missing` where it does not exist. */
static void *handed(const handles *all, slice step, const char *member, kind kind, int *missing)
{
    slice name = json_member(step, member);
    void *found = name.data == NULL ? NULL : find(all, name, kind);
    *missing |= name.data != NULL && found == NULL;
    return found;
}

static int32_t join(const handles *all, slice step, poundlock_plan **plan, int *missing,
                    poundlock_buffer *output)
{
    text names = {0};
    const poundlock_plan **plans = NULL;
    size_t count = 0;
    slice parts = json_member(step, "parts");
    slice part = {0};
    int32_t status = 0;
    append_text(&names, "[");
    while (parts.data != NULL && (part = json_next(parts, part)).data != NULL) {
        slice name = json_next(part, (slice){0});
        const poundlock_plan **moved = realloc(plans, (count + 1) * sizeof *moved);
        if (moved == NULL) {
            give_up("out of memory", "");
        }
        plans = moved;
        plans[count] = find(all, json_next(part, name), PLAN);
        *missing |= plans[count] == NULL;
        if (count++ > 0) {
            append_text(&names, ",");
        }
        json_compact(name, &names);
    }
    append_text(&names, "]");
    if (!*missing) {
        status = poundlock_plan_join(names.data, names.size, plans, count, plan, output);
    }
    free(plans);
    clear(&names);
    return status;
}

/* Carries out a step and appends its result. */
static void run(slice step, slice call, handles *all, const text *directory, text *out)
{
    text name = {0};
    text input = input_of(step, directory);
    text credential = {0};
    text options = {0};
    poundlock_buffer output = {0};
    int32_t status = 0;
    int missing = 0;
    void *opened = NULL;
    kind on = CALL;
    const char *operation;
    size_t length;
    void *handle;
    void *ledger = handed(all, step, "ledger", LEDGER, &missing);
    void *plan = handed(all, step, "plan", PLAN, &missing);
    void *law = handed(all, step, "law", ENGINE, &missing);
    int opens = 1;

    json_decode(call, &name);
    append(&name, "", 1);
    operation = strchr(name.data, '.');
    if (operation == NULL) {
        give_up("a call is none of those that are known", name.data);
    }
    while (on < KINDS && (strlen(kind_names[on]) != (size_t)(operation - name.data)
                          || strncmp(kind_names[on], name.data, strlen(kind_names[on])) != 0)) {
        on++;
    }
    operation++;
    length = name.size - 1 - (size_t)(operation - name.data);
    if (json_member(step, "credential").data != NULL) {
        json_compact(json_member(step, "credential"), &credential);
    }
    if (json_member(step, "options").data != NULL) {
        json_compact(json_member(step, "options"), &options);
    }

    if (missing) {
        opens = 0;
    } else if (strcmp(name.data, "pack.parse") == 0) {
        poundlock_pack *pack = NULL;
        status = poundlock_pack_parse(input.data, input.size, &pack, &output);
        opened = pack;
    } else if (strcmp(name.data, "plan.read") == 0) {
        poundlock_plan *made = NULL;
        status = poundlock_plan_read(options.data, options.size, input.data, input.size, &made,
                                     &output);
        opened = made;
    } else if (strcmp(name.data, "plan.join") == 0) {
        poundlock_plan *made = NULL;
        status = join(all, step, &made, &missing, &output);
        opened = made;
    } else if (strcmp(name.data, "engine.new") == 0) {
        poundlock_engine *engine = NULL;
        status = poundlock_engine_new(input.data, input.size, &engine, &output);
        opened = engine;
    } else if (strcmp(name.data, "engine.of_ledger") == 0) {
        poundlock_engine *engine = NULL;
        ledger = find(all, json_member(step, "ledger"), LEDGER);
        missing = ledger == NULL;
        if (!missing) {
            status = poundlock_engine_of_ledger(ledger, &engine, &output);
            opened = engine;
        }
    } else if (strcmp(name.data, "ledger.open") == 0) {
        poundlock_ledger *made = NULL;
        status = poundlock_ledger_open(input.data, input.size, &made, &output);
        opened = made;
    } else if (on == CALL) {
        opens = 0;
        status = poundlock_call(operation, length, input.data, input.size, &output);
    } else if (on == KINDS) {
        give_up("a call is none of those that are known", name.data);
    } else if ((handle = find(all, json_member(step, "on"), on)) == NULL) {
        missing = 1;
    } else if (on == PACK) {
        opens = 0;
        status = poundlock_pack_call(handle, plan, operation, length, input.data, input.size,
                                     &output);
    } else if (on == PLAN) {
        opens = 0;
        status = poundlock_plan_call(handle, operation, length, input.data, input.size, &output);
    } else if (on == LEDGER) {
        opens = 0;
        status = poundlock_ledger_call(handle, operation, length, input.data, input.size, &output);
    } else if (strcmp(operation, "decide") == 0) {
        opens = 0;
        status = poundlock_engine_decide(handle, ledger, plan, input.data, input.size,
                                         credential.data, credential.size, &output);
    } else if ((strcmp(operation, "admit") == 0 || strcmp(operation, "record") == 0)
               && (ledger = find(all, json_member(step, "ledger"), LEDGER)) == NULL) {
        missing = 1;
    } else if (strcmp(operation, "admit") == 0) {
        opens = 0;
        status = poundlock_engine_admit(handle, ledger, plan, input.data, input.size,
                                        credential.data, credential.size, &output);
    } else if (strcmp(operation, "record") == 0) {
        opens = 0;
        status = poundlock_engine_record(handle, ledger, law, input.data, input.size,
                                         credential.data, credential.size, &output);
    } else {
        opens = 0;
        status = poundlock_engine_call(handle, ledger, plan, operation, length, input.data,
                                       input.size, &output);
    }

    if (missing) {
        append_text(out, no_handle);
    } else if (status != POUNDLOCK_OK) {
        append_text(out, "{\"error\":");
        append(out, (const char *)output.data, output.size);
        append_text(out, "}");
    } else if (opens) {
        append_text(out, "null");
        keep(all, json_member(step, "as"), on, opened);
    } else {
        append(out, (const char *)output.data, output.size);
    }
    poundlock_buffer_free(&output);
    clear(&name);
    clear(&input);
    clear(&credential);
    clear(&options);
}

/* Carries out a vector and prints its line. */
static void run_vector(slice vector, const char *path)
{
    handles all = {0};
    text results = {0};
    text label = {0};
    text line = {0};
    text directory = {0};
    slice files = json_member(vector, "files");
    slice steps = json_member(vector, "steps");
    slice step = {0};
    if (files.data != NULL) {
        directory = make_directory(files);
    }
    if (steps.data == NULL) {
        text call = {0};
        text quoted = {0};
        append_text(&call, "call.");
        json_decode(json_member(vector, "operation"), &call);
        json_encode(whole(&call), &quoted);
        run(vector, whole(&quoted), &all, &directory, &results);
        clear(&call);
        clear(&quoted);
    } else {
        while ((step = json_next(steps, step)).data != NULL) {
            if (results.size > 0) {
                append_text(&results, ",");
            }
            run(step, json_member(step, "call"), &all, &directory, &results);
        }
    }
    free_all(&all);
    if (directory.size > 0) {
        replace(&results, directory.data, (slice){"$DIR", 4});
        if (nftw(directory.data, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0) {
            give_up("a directory cannot be removed", directory.data);
        }
    }
    append(&label, path, strlen(path) - strlen(".json"));
    append_text(&label, ": ");
    json_decode(json_member(vector, "name"), &label);
    append_text(&line, "{\"vector\":");
    json_encode(whole(&label), &line);
    append_text(&line, ",\"results\":[");
    append_slice(&line, whole(&results));
    append_text(&line, "]}\n");
    fwrite(line.data, 1, line.size, stdout);
    clear(&results);
    clear(&label);
    clear(&line);
    clear(&directory);
}

static void run_directory(const char *directory)
{
    paths found = {0};
    find_files(directory, "", &found);
    if (found.count > 0) {
        qsort(found.items, found.count, sizeof *found.items, by_bytes);
    }
    for (size_t i = 0; i < found.count; i++) {
        text path = {0};
        text content;
        slice vectors;
        slice vector = {0};
        append_text(&path, directory);
        append_text(&path, "/");
        append(&path, found.items[i], strlen(found.items[i]) + 1);
        content = read_file(path.data);
        vectors = json_parse(whole(&content));
        while ((vector = json_next(vectors, vector)).data != NULL) {
            run_vector(vector, found.items[i]);
        }
        clear(&content);
        clear(&path);
        free(found.items[i]);
    }
    free(found.items);
}

/* Prints an answer on a line; ends the program with an error. */
static void print(int32_t status, poundlock_buffer *output)
{
    if (status != POUNDLOCK_OK) {
        give_up("a call failed", (const char *)output->data);
    }
    if (output->size > 0) {
        printf("%s\n", (const char *)output->data);
    }
    poundlock_buffer_free(output);
}

static void work(const char *directory, const char *path)
{
    text content = read_file(path);
    slice file = json_parse(whole(&content));
    slice law = json_member(file, "engine");
    slice ask = {0};
    text place = {0};
    poundlock_buffer output = {0};
    poundlock_engine *engine = NULL;
    poundlock_ledger *ledger = NULL;
    append_text(&place, "{\"mode\":\"open\",\"directory\":");
    json_encode((slice){directory, strlen(directory)}, &place);
    append_text(&place, "}");
    print(poundlock_ledger_open(place.data, place.size, &ledger, &output), &output);
    print(poundlock_engine_new(law.data, law.size, &engine, &output), &output);
    printf("ready\n");
    fflush(stdout);
    while (getchar() != EOF) {
    }
    while ((ask = json_next(json_member(file, "asks"), ask)).data != NULL) {
        slice request = json_member(ask, "request");
        slice fact = json_member(ask, "fact");
        int32_t status;
        if (request.data != NULL) {
            status = poundlock_engine_admit(engine, ledger, NULL, request.data, request.size, NULL,
                                            0, &output);
        } else {
            status = poundlock_engine_record(engine, ledger, NULL, fact.data, fact.size, NULL, 0,
                                             &output);
        }
        print(status, &output);
    }
    poundlock_engine_free(engine);
    poundlock_ledger_free(ledger);
    clear(&place);
    clear(&content);
}

int main(int count, char **arguments)
{
    if (count == 2) {
        run_directory(arguments[1]);
    } else if (count == 4 && strcmp(arguments[1], "work") == 0) {
        work(arguments[2], arguments[3]);
    } else {
        give_up("usage", "runner DIRECTORY | runner work LEDGER FILE");
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
