//! Each limit lets through what just fits, and nothing beyond.

use super::{case, hold, hold_over};
use poundlock::{Value, limits};

#[test]
fn the_longest_expression_passes_and_no_longer_one() {
    let text = |bytes: usize| format!("'{}' != ''", "a".repeat(bytes - 8));
    hold(vec![
        case("just long enough", text(limits::EXPRESSION_BYTES), "true"),
        case("a byte too long", text(limits::EXPRESSION_BYTES + 1), "policy.complexity"),
        case(
            "blanks count",
            format!("true{}", " ".repeat(limits::EXPRESSION_BYTES)),
            "policy.complexity",
        ),
        case("four megabytes", text(4 * 1024 * 1024), "policy.complexity"),
        case("100,000 elements", format!("[{}1] != []", "1,".repeat(99_999)), "policy.complexity"),
    ]);
}

#[test]
fn the_deepest_expression_passes_and_no_deeper_one() {
    let depth = limits::EXPRESSION_DEPTH;
    let lists = |count: usize| format!("{}object{}", "[".repeat(count), "]".repeat(count));
    let chain = |link: &str, count: usize| format!("object{}", link.repeat(count));
    let macros = |count: usize| {
        format!("{}object.a{}", "[1].map(x, true, ".repeat(count), ")".repeat(count))
    };
    hold(vec![
        case("lists", lists(depth - 1), "other"),
        case("one more", lists(depth), "policy.complexity"),
        case("members", chain(".f", depth - 1), "cel.no_such_key"),
        case("one more", chain(".f", depth), "policy.complexity"),
        case("sums", chain(" + object", depth - 1), "cel.no_such_overload"),
        case("one more", chain(" + object", depth), "policy.complexity"),
        case("conditions", format!("{}1", "object.a ? 1 : ".repeat(depth - 2)), "other"),
        case(
            "one more",
            format!("{}object.a", "object.a ? 1 : ".repeat(depth - 1)),
            "policy.complexity",
        ),
        case("macros", macros(depth - 2), "other"),
        case("one more", macros(depth - 1), "policy.complexity"),
    ]);
}

#[test]
fn the_expression_of_most_parts_passes_and_none_of_more() {
    // The list is a part as well.
    let list = |parts: usize| format!("[{}object]", "1,".repeat(parts - 2));
    hold(vec![
        case("as many parts as there may be", list(limits::EXPRESSION_NODES), "other"),
        case("one more", list(limits::EXPRESSION_NODES + 1), "policy.complexity"),
    ]);
}

#[test]
fn the_largest_result_passes_and_no_larger_one() {
    // What is asked for counts twice, and sixteen bytes besides.
    let most = (usize::try_from(limits::RESULT_BYTES).unwrap() - 16) / 2;
    let document = format!(r#"{{"s": "{}"}}"#, "a".repeat(most - 1));
    hold_over(
        &Value::parse_json(document.as_bytes()).unwrap(),
        limits::EVALUATION_STEPS,
        vec![
            case("just small enough", "object.s + 'a'", "text"),
            case("a byte too large", "object.s + 'aa'", "exhausted"),
            case("of no result", "(object.s + 'aa').size() > 0", "true"),
        ],
    );
}
