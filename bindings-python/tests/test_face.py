"""What the Python face adds to the contract: its types and its exceptions."""

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version as package_version

import poundlock
import pytest


def test_the_version_is_the_package_s() -> None:
    assert poundlock.version()["version"] == package_version("poundlock")
    assert poundlock.version()["engine"] >= 1


def test_an_error_is_an_exception_with_code_and_help() -> None:
    with pytest.raises(poundlock.PoundlockError) as caught:
        poundlock.call("divine", b"")
    assert caught.value.code == "input.invalid_value"
    assert caught.value.help


def test_half_a_request_is_an_error_as_text_and_as_bytes() -> None:
    codes = []
    for request in ("{", b"{"):
        with pytest.raises(poundlock.PoundlockError) as caught:
            poundlock.decide(request)
        codes.append(caught.value.code)
    assert codes[0] == codes[1]
    assert codes[0].startswith("input.")


def test_text_that_is_not_unicode_is_an_error() -> None:
    with pytest.raises(poundlock.PoundlockError) as caught:
        poundlock.decide('"\ud800"')
    assert caught.value.code == "input.encoding"


def test_other_types_are_a_type_error() -> None:
    with pytest.raises(TypeError):
        poundlock.call("canonical", object())


def test_many_threads_may_call() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: poundlock.version(), range(100)))
    assert answers == [poundlock.version()] * 100
