//! Arguments that are made to hurt a function: sizes, places, zones and numbers beyond what there is.

use super::{case, hold};

#[test]
fn odd_arguments_end_with_a_code() {
    hold(vec![
        case("a width of a billion", "'%1000000000d'.format([1]) == ''", "cel.invalid_argument"),
        case(
            "a precision of a billion",
            "'%.1000000000f'.format([1.0]) == ''",
            "cel.invalid_argument",
        ),
        case(
            "a precision of many digits",
            "('%.' + object.digits + 'f').format([1.0]) == ''",
            "cel.invalid_argument",
        ),
        case("a precision of none", "'%.f'.format([1.0]) == ''", "cel.invalid_argument"),
        case("half a clause", "'%'.format([1]) == ''", "cel.invalid_argument"),
        case("a clause of no value", "'%s%s'.format([1]) == ''", "cel.invalid_argument"),
        case("an unknown verb", "'%n'.format([1]) == ''", "cel.invalid_argument"),
        case("a verb that is no letter", "'%é'.format([1]) == ''", "cel.invalid_argument"),
        case("no zone", "timestamp(0).getHours('') == 0", "cel.invalid_argument"),
        case(
            "a zone of a megabyte",
            "timestamp(0).getHours(object.s) == 0",
            "cel.invalid_argument",
        ),
        case(
            "a zone elsewhere",
            "timestamp(0).getHours('../../etc/passwd') == 0",
            "cel.invalid_argument",
        ),
        case(
            "an offset beyond the day",
            "timestamp(0).getHours('+99:99') == 0",
            "cel.invalid_argument",
        ),
        case(
            "an offset of letters",
            "timestamp(0).getHours('+aa:bb') == 0",
            "cel.invalid_argument",
        ),
        case(
            "a zone with a zero",
            "timestamp(0).getHours('UTC\\u0000') == 0",
            "cel.invalid_argument",
        ),
        case(
            "the end of time",
            "timestamp('9999-12-31T23:59:59Z') + duration('1s') == timestamp(0)",
            "cel.overflow",
        ),
        case("the longest duration", "duration('315576000001s') == duration('0s')", "cel.overflow"),
        case(
            "a year of ten digits",
            "timestamp('2026000000-01-01T00:00:00Z') == timestamp(0)",
            "cel.conversion",
        ),
        case(
            "a day that is not",
            "timestamp('2026-02-30T00:00:00Z') == timestamp(0)",
            "cel.conversion",
        ),
        case("the largest index", "object.n[9223372036854775807] == 0", "cel.index_out_of_bounds"),
        case(
            "the smallest index",
            "object.n[-9223372036854775807 - 1] == 0",
            "cel.index_out_of_bounds",
        ),
        case("an index of 1e300", "object.n[1e300] == 0", "cel.invalid_argument"),
        case("an index that is none", "object.n[0.0 / 0.0] == 0", "cel.invalid_argument"),
        case(
            "a part beyond the end",
            "'abc'.substring(9223372036854775807) == ''",
            "cel.index_out_of_bounds",
        ),
        case(
            "a part before the start",
            "'abc'.substring(-9223372036854775807) == ''",
            "cel.index_out_of_bounds",
        ),
        case(
            "a part the wrong way round",
            "'abc'.substring(2, 1) == ''",
            "cel.index_out_of_bounds",
        ),
        case(
            "a slice beyond the end",
            "object.n.slice(0, 9223372036854775807) == []",
            "cel.index_out_of_bounds",
        ),
        case("flattening below nothing", "[[1]].flatten(-1) == []", "cel.invalid_argument"),
        case("flattening for ever", "[[1]].flatten(9223372036854775807) == [1]", "true"),
        case("as often as can be", "'aa'.replace('a', 'b', 9223372036854775807) == 'bb'", "true"),
        case("less than never", "'aa'.replace('a', 'b', -9223372036854775807) == 'bb'", "true"),
        case("a shift of a billion", "math.bitShiftLeft(1, 1000000000) == 0", "true"),
        case("a shift backwards", "math.bitShiftLeft(1, -1) == 0", "cel.invalid_argument"),
        case("the smallest integer", "-(-9223372036854775807 - 1) == 0", "cel.overflow"),
        case("without its sign", "math.abs(-9223372036854775807 - 1) == 0", "cel.overflow"),
        case("by minus one", "(-9223372036854775807 - 1) / -1 == 0", "cel.overflow"),
        case("the rest by minus one", "(-9223372036854775807 - 1) % -1 == 0", "cel.overflow"),
        case("the sum of all", "[9223372036854775807, 1].sum() == 0", "cel.overflow"),
        case("a thousand digits", "int(object.digits) == 0", "cel.conversion"),
        case("a thousand digits of a double", "double(object.digits) > 1e300", "cel.overflow"),
        case("infinity as integer", "int(1.0 / 0.0) == 0", "cel.overflow"),
        case("no number as integer", "int(0.0 / 0.0) == 0", "cel.overflow"),
        case("beyond 63 bits", "int(9223372036854775808.0) == 0", "cel.overflow"),
        case(
            "a quantity of a thousand digits",
            "quantity(object.digits + object.digits) == quantity('1')",
            "cel.conversion",
        ),
        case(
            "a quantity with a great exponent",
            "quantity('1e999999999') == quantity('1')",
            "cel.conversion",
        ),
        case(
            "a quantity with a small exponent",
            "quantity('1e-999999999') == quantity('1')",
            "cel.conversion",
        ),
        case("an address of a megabyte", "isIP(object.s)", "false"),
        case("a network of a megabyte", "isCIDR(object.s)", "false"),
        case("a prefix beyond the address", "isCIDR('10.0.0.0/9999999999')", "false"),
        case("base64 of no letters", "base64.decode('@@@@') == b''", "cel.conversion"),
        case("base64 cut short", "base64.decode('QQ=') == b''", "cel.conversion"),
        case("bytes that are no text", "string(b'\\xff') == ''", "cel.conversion"),
        case("half a character", "string(b'\\xc3') == ''", "cel.conversion"),
        case("a surrogate in bytes", "string(b'\\xed\\xa0\\x80') == ''", "cel.conversion"),
        case("a long form", "string(b'\\xc0\\x80') == ''", "cel.conversion"),
        case("beyond Unicode", "string(b'\\xf4\\x90\\x80\\x80') == ''", "cel.conversion"),
    ]);
}
