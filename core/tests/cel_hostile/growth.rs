//! What asks for more steps or memory than there are, and what tries to absorb that.

use super::{Case, case, document, hold, hold_over};

fn spent(name: &'static str, source: impl Into<String>) -> Case {
    case(name, source, "exhausted")
}

/// Loops over the document inside one another.
#[test]
fn loops_end_when_the_steps_do() {
    let nested = |range: &str, count: usize, body: &str| {
        let open: String = (0..count).map(|depth| format!("{range}.all(v{depth}, ")).collect();
        format!("{open}{body}{}", ")".repeat(count))
    };
    hold(vec![
        spent("seven nested over ten", nested("object.tens", 7, "v0 + v6 >= 0")),
        spent(
            "seven nested over ten, of a literal",
            nested("[0,1,2,3,4,5,6,7,8,9]", 7, "v0 + v6 >= 0"),
        ),
        spent("three nested over the document", nested("object.n", 3, "true")),
        spent("sixty nested over two", nested("[1, 2]", 60, "object.a")),
        spent("nested existence", "object.n.exists(a, object.n.exists(b, a + b < 0))"),
        spent("nested counting", "object.n.exists_one(a, object.n.exists_one(b, a + b < 0))"),
        spent("nested filters", "object.n.filter(a, object.n.filter(b, b == a).size() == 1)"),
        spent("nested maps", "object.n.map(a, object.n.map(b, [a, b]))"),
        spent("nested pairs", "object.n.all(i, a, object.n.all(j, b, i + j >= 0))"),
        spent("transformations", "object.n.transformMap(i, a, object.n.transformMap(j, b, a + b))"),
        spent("entries", "object.n.transformMapEntry(i, a, object.n.transformMap(j, b, j))"),
        spent("sorting by sorting", "object.n.sortBy(a, object.n.sortBy(b, -b).size())"),
        spent(
            "binding within",
            "object.n.map(a, cel.bind(x, object.n.map(b, a), x.size() + x.size()))",
        ),
        spent("membership", "object.w.all(a, object.w.all(b, a in object.w && b in object.w))"),
        spent("duplicates", "object.n.distinct().map(a, object.n.distinct())"),
        spent("sets", "sets.contains(object.n, object.n.reverse())"),
        spent("equivalent sets", "sets.equivalent(object.n, object.n.reverse())"),
        spent("intersection", "sets.intersects(object.n, object.n.map(x, -1 - x))"),
        spent("comparing documents", "object.n.all(x, object == object)"),
        spent(
            "reading text again and again",
            "object.n.all(x, object.s.contains(object.s + 'b') || true)",
        ),
        spent(
            "converting text",
            "object.n.all(x, object.s.size() > 0 && bytes(object.s).size() > 0)",
        ),
        spent("finding a position", "object.n.all(x, object.long.indexOf('b') < 0)"),
        spent("characters", "object.n.all(x, object.long.charAt(1999999) != '')"),
        spent("parts of text", "object.n.all(x, object.long.substring(1999990) != '')"),
        spent("keys of text", "object.n.all(x, {object.s: 1, object.s + 'b': 2}.size() == 2)"),
        spent("ordering text", "object.n.all(x, object.s <= object.s)"),
        spent("ordering bytes", "object.n.all(x, bytes(object.s) <= bytes(object.s))"),
        spent("hexadecimal", "object.n.all(x, '%x'.format([object.s]) != '')"),
    ]);
}

#[test]
fn memory_ends_before_the_host_s_does() {
    let doubled = |start: &str, count: usize| format!("{start}{}", ".map(x, x + x)".repeat(count));
    let bound = |value: &str, step: &str, count: usize| {
        let open: String = (0..count).map(|_| format!("cel.bind(x, {step}, ")).collect();
        format!("cel.bind(x, {value}, {open}x.size() > 0{})", ")".repeat(count))
    };
    hold(vec![
        spent("33 times twice as much text", doubled("[object.s]", 33)),
        spent("33 times twice as much of one letter", doubled("['aaaaaaaaaaaaaaaa']", 33)),
        spent("33 times twice as many elements", doubled("[object.n]", 33)),
        spent("33 times twice as many bytes", doubled("[b'aaaaaaaaaaaaaaaa']", 33)),
        spent("text", bound("object.s", "x + x", 33)),
        spent("bytes", bound("bytes(object.s)", "x + x", 33)),
        spent("a list", bound("object.n", "x + x", 33)),
        spent("a list of itself", bound("[object.n, object.n]", "[x + x, x + x][0]", 33)),
        spent("replacing", bound("object.s", "x.replace('a', x)", 9)),
        spent("replacing nothing", bound("object.s", "x.replace('', x)", 9)),
        spent("joining", bound("object.s", "[x, x, x, x].join(x)", 33)),
        spent("joining characters", bound("object.s", "x.split('').join(x)", 9)),
        spent("splitting", "object.n.map(x, object.s.split(''))"),
        spent("splitting what was made", "object.n.map(x, (object.s + 'b').split(''))"),
        spent("formatting", bound("object.s", "'%s%s%s%s'.format([x, x, x, x])", 33)),
        spent("formatting lists", bound("'a'", "'%s'.format([[x, x, x, x]])", 60)),
        spent("formatting maps", bound("'a'", "'%s'.format([{1: x, 2: x, 3: x}])", 60)),
        spent("hexadecimal", bound("object.s", "'%x'.format([x])", 33)),
        spent(
            "digits",
            "object.n.map(x, object.tens.map(y, '%.1000f%.1000f'.format([1e300, 0.1])))",
        ),
        spent("base64", bound("object.s", "base64.encode(bytes(x))", 99)),
        spent("quoting", bound("'\\\\\\\\'", "strings.quote(x)", 60)),
        spent("lower case", "object.n.map(x, object.s.lowerAscii())"),
        spent("upper case", "object.n.map(x, object.s.upperAscii())"),
        spent("reversing", "object.n.map(x, object.s.reverse())"),
        spent("trimming", "object.n.map(x, (object.s + ' ').trim())"),
        spent("parts", "object.n.map(x, (object.s + 'b').substring(1))"),
        spent("bytes of text", "object.n.map(x, bytes(object.s))"),
        spent("text of bytes", "object.n.map(x, string(bytes(object.s)))"),
        spent("a range", "lists.range(9223372036854775807).size() > 0"),
        spent("ranges of ranges", "lists.range(1000000).map(x, lists.range(1000000))"),
        spent("flattening", bound("object.n", "[x, x, x, x].flatten()", 33)),
        spent("flattening deeply", bound("object.n", "[[[x]], [x], x, x].flatten(9)", 33)),
        spent("sorting", bound("object.n", "(x + x).sort()", 33)),
        spent("sorting by", bound("object.n", "(x + x).sortBy(y, -y)", 33)),
        spent("reversing lists", bound("object.n", "x.reverse() + x", 33)),
        spent("slices", "object.n.map(x, object.n.slice(0, 2000))"),
        spent("maps of lists", bound("object.n", "(x + x).transformMap(i, y, y).map(k, k)", 33)),
        spent("maps of maps", "object.n.transformMap(i, a, object.n.transformMap(j, b, b))"),
        spent("finding all", "object.n.map(x, object.s.findAll('a'))"),
        spent("finding all of what was made", "object.n.map(x, (object.s + 'b').findAll('a'))"),
        spent("finding nothing", "object.n.map(x, object.s.findAll(''))"),
        spent("optionals", "object.n.map(x, object.n.map(y, optional.of(optional.of(y))))"),
        spent("addresses", "object.n.map(x, object.n.map(y, ip('10.0.0.1')))"),
        spent("quantities", "object.n.map(x, object.n.map(y, quantity('1Gi')))"),
    ]);
}

/// Errors and unknowns are absorbed; that nothing is left is not.
#[test]
fn nothing_absorbs_it() {
    let costly = "object.n.all(a, object.n.all(b, object.n.all(c, a + b + c >= 0)))";
    let doubled = format!("[object.s]{}", ".map(x, x + x)".repeat(33));
    let mut cases = Vec::new();
    for costly in [costly, &format!("{doubled} == []")] {
        for around in [
            "_ || true",
            "true && _",
            "false || _",
            "_ && false",
            "!_",
            "_ ? true : true",
            "true ? _ : true",
            "[1].exists(x, _ || true)",
            "[1].all(x, _) || true",
            "[1].existsOne(x, _)",
            "[1].filter(x, _)",
            "[1].map(x, _)",
            "[_].exists(x, true)",
            "{1: _}.exists(k, true)",
            "cel.bind(x, _, true)",
            "[1 / 0 == 1 || _, true]",
            "optional.of(_).orValue(true)",
            "optional.none().orValue(_)",
            "optional.none().or(optional.of(_)).hasValue()",
            "optional.of(1).optMap(x, _).hasValue()",
            "optional.of(1).optFlatMap(x, optional.of(_)).hasValue()",
            "[?optional.of(_)] == []",
            "[1].transformMap(i, x, _)",
            "[1].transformMapEntry(i, x, {1: _})",
            "[1].sortBy(x, _)",
            "object.absent || _",
            "_ || object.absent",
            "object.absent == _",
            "type(_) == bool || true",
            "has({'a': _}.a)",
        ] {
            cases.push(spent(around, around.replace('_', &format!("({costly})"))));
        }
    }
    hold_over(&document(), 100_000, cases);
}

/// What a document holds may nest as deep as documents may, and what expressions make of it likewise.
#[test]
fn depth_of_values_is_bounded_and_harmless() {
    let nested =
        |count: usize, inner: &str| format!("{}{inner}{}", "[".repeat(count), "]".repeat(count));
    let bound = |count: usize, end: &str| {
        let open: String = (0..count).map(|_| "cel.bind(x, [x, x], ".to_owned()).collect();
        format!("cel.bind(x, object.deep, {open}{end}{})", ")".repeat(count))
    };
    let wrapped = nested(100, "object.deep");
    hold(vec![
        case("equal", format!("{wrapped} == {wrapped}"), "true"),
        case("written", format!("'%s'.format([{wrapped}]).size() > 0"), "true"),
        case("flat", format!("{wrapped}.flatten(1000) == [1]"), "true"),
        spent("lists of twice the list before, compared", bound(60, "x == x")),
        spent("and written", bound(60, "'%s'.format([x]).size() > 0")),
        spent("and flattened", bound(60, "x.flatten(99).size() > 0")),
        spent("and hashed", bound(60, "[x, x].distinct().size() > 0")),
        case("and only made", bound(60, "x.size() == 2"), "true"),
    ]);
}
