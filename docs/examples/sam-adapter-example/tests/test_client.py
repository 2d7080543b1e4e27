from __future__ import annotations

import pytest
from orchard import TOKEN, Serve
from sam_adapter_example.client import OrchardClient

from sam_adapters import SourceError


def test_all_pages_are_read(serve: Serve) -> None:
    rows = [{"id": str(number)} for number in range(8)]
    assert list(OrchardClient(serve({"users": rows}), TOKEN).rows("users")) == rows


def test_a_wrong_token_is_refused_and_not_shown(serve: Serve) -> None:
    with pytest.raises(SourceError, match="status 401; check the token") as refused:
        OrchardClient(serve({}), "wrong-token").info()
    assert "wrong-token" not in str(refused.value)


def test_an_unknown_collection_is_named(serve: Serve) -> None:
    with pytest.raises(SourceError, match="Orchard: people: status 404"):
        list(OrchardClient(serve({}), TOKEN).rows("people"))


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match=r"no answer .*check the address http://127\.0\.0\.1:9"):
        OrchardClient("http://127.0.0.1:9", TOKEN, timeout=1).info()
