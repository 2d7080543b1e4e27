"""No network in a test: other hosts are refused, and named."""

from __future__ import annotations

import socket
from typing import Any, Final

import pytest

__all__ = ["refuse_other_hosts"]

_LOOPBACK: Final = ("127.", "::1", "localhost", "::ffff:127.")


def refuse_other_hosts(monkeypatch: pytest.MonkeyPatch, attempts: list[str]) -> None:
    """Let sockets of Python reach this host alone, for as long as the test runs.

    Args:
        monkeypatch: undoes it.
        attempts: takes the name of every other host that was asked for.
    """

    def refuse(host: object) -> None:
        if isinstance(host, (str, bytes)):
            name = host.decode() if isinstance(host, bytes) else host
            if not name.startswith(_LOOPBACK):
                attempts.append(name)
                raise OSError(f"{name}: no network in a conformance test; serve it from 127.0.0.1")

    def guarded(method: Any) -> Any:
        def connect(connection: socket.socket, address: Any, *rest: Any) -> Any:
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                refuse(address[0])
            return method(connection, address, *rest)

        return connect

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        refuse(host)
        return resolve(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
