"""What a configuration says is known only where nobody could take it for anything else."""

from __future__ import annotations

from typing import Any

import pytest
from poundlock.checkov._configuration import _META, _body
from poundlock.checkov._expressions import UNKNOWN, Resolver, pointers
from poundlock.checkov._types import converted

VARIABLES = {"name": "acme", "size": 3, "on": True, "list": ["a", {"b": "c"}], "unset": UNKNOWN, "ratio": 0.5}


def value(raw: Any) -> Any:
    resolver = Resolver({"var": lambda name: VARIABLES.get(name, UNKNOWN), "local": lambda name: resolver.value(f"${{local.{name}}}")})
    return resolver.value(raw)


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ("text", "text"),
        ("var.name", "var.name"),
        (5, 5),
        ("${-1}", -1),
        ("${true}", True),
        ("${null}", None),
        ("${var.size}", 3),
        ("${ var.list[1].b }", "c"),
        ('${var.list[1]["b"]}', "c"),
        ("a-${var.name}-${var.size}-${var.on}", "a-acme-3-true"),
        ("$${var.name}", "${var.name}"),
        ("a %%{ if b }", "a %{ if b }"),
        ({"a b": ["${var.name}"]}, {"a b": ["acme"]}),
    ],
)
def test_literals_and_variables_are_known(raw: Any, known: Any) -> None:
    found = value(raw)
    assert (found, type(found)) == (known, type(known))


@pytest.mark.parametrize(
    "raw",
    [
        "${var.unset}",
        "${var.undeclared}",
        "${local.itself}",
        "${aws_s3_bucket.b.id}",
        "${data.aws_region.here.name}",
        '${var.on ? "a" : "a"}',
        "${var.size + 1}",
        "${upper(var.name)}",
        "${!var.on}",
        "${[for it in var.list : it]}",
        "${var.list[*]}",
        "${var.list[9]}",
        "${var.name.more}",
        "${module.m.out}",
        "${each.value}",
        "a-${var.unset}",
        "a-${var.ratio}",
        "a-${var.list}",
        "a-${jsonencode({'a': 1})}",
        '${"a${var.name}"}',
        "%{ if var.on }a%{ endif }",
        "two\\nlines",
        {"${var.name}": 1},
        {"(var.name)": 1},
    ],
)
def test_whatever_else_there_is_is_unknown(raw: Any) -> None:
    assert value(raw) is UNKNOWN


def test_what_is_unknown_is_named_by_its_place() -> None:
    found: list[str] = []
    values = {"a/b": UNKNOWN, "c~": [1, UNKNOWN, {"d": UNKNOWN}]}
    assert pointers(values, "", found) == {"a/b": None, "c~": [1, None, {"d": None}]}
    assert found == ["/a~1b", "/c~0/1", "/c~0/2/d"]


def test_what_terraform_reads_of_a_resource_is_an_attribute_of_a_block() -> None:
    source = 'count = 2\nprovider = x\nblock {\n  count = 1\n  provider = "y"\n}'
    body = {"count": [2], "provider": ["${x}"], "block": [{"count": [1], "provider": ["y"]}]}
    assert _body(body, Resolver({}), source, _META) == {"block": [{"count": 1, "provider": "y"}]}


OBJECT = "${object({'name': '${string}', 'size': '${optional(number,5)}', 'tags': '${optional(map(string),{})}'})}"


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        ("a", "${string}", "a"),
        ("a", "string", "a"),
        (1, "${any}", 1),
        (None, "${string}", None),
        ([True], "${list(bool)}", [True]),
        ({"a": [1]}, "${map(list(number))}", {"a": [1]}),
        (["a"], "${set(string)}", ["a"]),
        # What is not as declared, Terraform makes so, or refuses.
        (1, "${string}", UNKNOWN),
        ("1", "${number}", UNKNOWN),
        (True, "${number}", UNKNOWN),
        (["a", "b"], "${set(string)}", UNKNOWN),
        ({"a": "b"}, "${list(string)}", UNKNOWN),
        (["a"], "${tuple(['${string}'])}", UNKNOWN),
        ("a", None, UNKNOWN),
        ({"name": "a", "size": 1, "tags": {"b": "c"}}, OBJECT, {"name": "a", "size": 1, "tags": {"b": "c"}}),
        ({"name": "a", "more": 1}, OBJECT, {"name": "a", "size": UNKNOWN, "tags": UNKNOWN}),
        ({"name": "a", "size": None, "tags": 1}, OBJECT, {"name": "a", "size": UNKNOWN, "tags": UNKNOWN}),
        ([{"a": UNKNOWN}], "${list(object({'a': '${string}'}))}", [{"a": UNKNOWN}]),
    ],
)
def test_a_value_is_what_the_type_of_its_variable_makes_of_it(value: Any, declared: Any, expected: Any) -> None:
    assert converted(value, declared) == expected
