/* As much JSON as the runner needs: values are slices of the text they stand in. */

#ifndef POUNDLOCK_TESTS_JSON_H
#define POUNDLOCK_TESTS_JSON_H

#include <stddef.h>

/* A part of someone else's text; `data` is NULL where there is none. */
typedef struct slice {
    const char *data;
    size_t size;
} slice;

/* A text that grows. */
typedef struct text {
    char *data;
    size_t size;
    size_t room;
} text;

void append(text *out, const char *data, size_t size);
void append_slice(text *out, slice part);
void append_text(text *out, const char *part);
void clear(text *out);
slice whole(const text *from);

/* Ends the program with a message. */
_Noreturn void give_up(const char *why, const char *what);

/* The value that is all of the text, without the white space around it; ends the program if it is
 * not one. */
slice json_parse(slice text_of_file);

/* The value of a member; without data if the value is no object, or has none of this name. */
slice json_member(slice object, const char *name);

/* Steps through a list: begin with an empty slice, and stop when the answer has no data. */
slice json_next(slice list, slice before);

/* Steps through the members of an object likewise; `*name` is the name, with its quotes. */
slice json_next_member(slice object, slice before, slice *name);

int json_is_string(slice value);

/* Appends the characters of a string. */
void json_decode(slice string, text *out);

/* Appends a string with these characters, escaped only where JSON demands it. */
void json_encode(slice characters, text *out);

/* Appends a value without white space, with its strings escaped only where JSON demands it. */
void json_compact(slice value, text *out);

/* Whether a string has these characters. */
int json_equals(slice string, const char *characters);

#endif
