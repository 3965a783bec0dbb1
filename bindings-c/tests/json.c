/* As much JSON as the runner needs; what each function does is in json.h. */

#include "json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void append(text *out, const char *data, size_t size)
{
    if (out->room - out->size < size) {
        size_t room = (out->size + size) * 2;
        char *moved = realloc(out->data, room);
        if (moved == NULL) {
            give_up("out of memory", "");
        }
        out->data = moved;
        out->room = room;
    }
    if (size > 0) {
        memcpy(out->data + out->size, data, size);
        out->size += size;
    }
}

void append_slice(text *out, slice part)
{
    append(out, part.data, part.size);
}

void append_text(text *out, const char *part)
{
    append(out, part, strlen(part));
}

void clear(text *out)
{
    free(out->data);
    *out = (text){0};
}

slice whole(const text *from)
{
    return (slice){from->data == NULL ? "" : from->data, from->size};
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    return at;
}

/* The end of the string that begins at `at`. */
static const char *skip_string(const char *at, const char *end)
{
    int escaped = 0;
    for (at++; at < end; at++) {
        if (*at == '"' && !escaped) {
            return at + 1;
        }
        escaped = *at == '\\' && !escaped;
    }
    give_up("a string has no end", "");
}

/* The end of the value that begins at `at`, which is well formed as far as brackets and strings go:
 * the files of vectors are the repository's own. */
static const char *skip_value(const char *at, const char *end)
{
    size_t depth = 0;
    for (;;) {
        at = skip_space(at, end);
        if (at == end) {
            give_up("a value has no end", "");
        }
        switch (*at) {
        case '"':
            at = skip_string(at, end);
            break;
        case '[':
        case '{':
            depth++;
            at++;
            break;
        case ']':
        case '}':
            if (depth == 0) {
                give_up("a bracket closes nothing", "");
            }
            depth--;
            at++;
            break;
        case ',':
        case ':':
            if (depth == 0) {
                give_up("a value is missing", "");
            }
            at++;
            continue;
        default:
            while (at < end && strchr(" \n\r\t,:[]{}\"", *at) == NULL) {
                at++;
            }
        }
        if (depth == 0) {
            return at;
        }
    }
}

slice json_parse(slice text_of_file)
{
    const char *end = text_of_file.data + text_of_file.size;
    const char *begin = skip_space(text_of_file.data, end);
    const char *after = skip_value(begin, end);
    if (skip_space(after, end) != end) {
        give_up("there is text after the value", "");
    }
    return (slice){begin, (size_t)(after - begin)};
}

/* The next thing in brackets: an element, a name or a member's value. */
static slice next(slice brackets, slice before)
{
    const char *end = brackets.data + brackets.size - 1;
    const char *at = before.data == NULL ? brackets.data + 1 : before.data + before.size;
    at = skip_space(at, end);
    if (at < end && (*at == ',' || *at == ':')) {
        at = skip_space(at + 1, end);
    }
    if (at == end) {
        return (slice){0};
    }
    return (slice){at, (size_t)(skip_value(at, end) - at)};
}

slice json_next(slice list, slice before)
{
    if (list.data == NULL || list.data[0] != '[') {
        give_up("this is no list", "");
    }
    return next(list, before);
}

slice json_next_member(slice object, slice before, slice *name)
{
    if (object.data == NULL || object.data[0] != '{') {
        give_up("this is no object", "");
    }
    *name = next(object, before);
    return name->data == NULL ? *name : next(object, *name);
}

slice json_member(slice object, const char *name)
{
    slice value = {0};
    slice found;
    if (object.data == NULL || object.data[0] != '{') {
        return value;
    }
    for (;;) {
        value = json_next_member(object, value, &found);
        if (value.data == NULL || json_equals(found, name)) {
            return value;
        }
    }
}

int json_is_string(slice value)
{
    return value.data != NULL && value.data[0] == '"';
}

static unsigned hex4(const char *at)
{
    char digits[5] = {at[0], at[1], at[2], at[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static void append_character(text *out, uint32_t character)
{
    char bytes[4];
    size_t size;
    if (character < 0x80) {
        bytes[0] = (char)character;
        size = 1;
    } else if (character < 0x800) {
        bytes[0] = (char)(0xC0 | character >> 6);
        bytes[1] = (char)(0x80 | (character & 0x3F));
        size = 2;
    } else if (character < 0x10000) {
        bytes[0] = (char)(0xE0 | character >> 12);
        bytes[1] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (character & 0x3F));
        size = 3;
    } else {
        bytes[0] = (char)(0xF0 | character >> 18);
        bytes[1] = (char)(0x80 | (character >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (character & 0x3F));
        size = 4;
    }
    append(out, bytes, size);
}

void json_decode(slice string, text *out)
{
    const char *at = string.data + 1;
    const char *end = string.data + string.size - 1;
    while (at < end) {
        static const char names[] = "bfnrt\"\\/";
        static const char characters[] = "\b\f\n\r\t\"\\/";
        const char *plain = at;
        while (at < end && *at != '\\') {
            at++;
        }
        append(out, plain, (size_t)(at - plain));
        if (at == end) {
            return;
        }
        const char *name = end - at < 2 ? NULL : strchr(names, at[1]);
        if (name != NULL && *name != 0) {
            append(out, &characters[name - names], 1);
            at += 2;
        } else if (at[1] == 'u' && end - at >= 6) {
            uint32_t character = hex4(at + 2);
            at += 6;
            if (character >> 10 == 0x36 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
                character = 0x10000 + ((character & 0x3FF) << 10) + (hex4(at + 2) & 0x3FF);
                at += 6;
            }
            append_character(out, character);
        } else {
            give_up("an escape is not known", "");
        }
    }
}

void json_encode(slice characters, text *out)
{
    append_text(out, "\"");
    for (size_t i = 0; i < characters.size; i++) {
        static const char names[] = "bfnrt\"\\";
        static const char escaped[] = "\b\f\n\r\t\"\\";
        char character = characters.data[i];
        const char *found = character == 0 ? NULL : strchr(escaped, character);
        if (found != NULL) {
            append(out, "\\", 1);
            append(out, &names[found - escaped], 1);
        } else if ((unsigned char)character < 0x20) {
            char escape[7];
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)character);
            append_text(out, escape);
        } else {
            append(out, &character, 1);
        }
    }
    append_text(out, "\"");
}

void json_compact(slice value, text *out)
{
    const char *at = value.data;
    const char *end = value.data + value.size;
    while (at < end) {
        if (*at == '"') {
            const char *after = skip_string(at, end);
            text characters = {0};
            json_decode((slice){at, (size_t)(after - at)}, &characters);
            json_encode(whole(&characters), out);
            clear(&characters);
            at = after;
        } else {
            if (skip_space(at, end) == at) {
                append(out, at, 1);
            }
            at++;
        }
    }
}

int json_equals(slice string, const char *characters)
{
    text decoded = {0};
    int equal;
    json_decode(string, &decoded);
    equal = decoded.size == strlen(characters)
            && memcmp(whole(&decoded).data, characters, decoded.size) == 0;
    clear(&decoded);
    return equal;
}
