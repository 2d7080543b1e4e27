"""Getting in: by a ready client, a token, or an app's credentials; and keeping secrets on the way."""

from __future__ import annotations

import io
import logging
import pickle
import re
import traceback
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from sam_adapters.contract import AdapterError, BookRequest
from sam_adapters.salesforce.config import ConfigError
from sam_adapters.salesforce.connection import ENVIRONMENT, ConnectionSettings
from sam_adapters.salesforce.plugin import open_salesforce, sam_adapters
from sam_adapters.testing.salesforce import Fail, LoopbackSalesforce
from sam_adapters.transport import AuthError, TokenSource, TransportError, TransportPolicy, UnavailableError
from sam_core.values import Period

SECRET = "00Dxx!SECRET.token.of.the.org"
CONSUMER_SECRET = "consumer-SECRET-0123456789"
EUR = {"currency": "EUR"}


@pytest.fixture
def served(bench: Any, small: Any) -> LoopbackSalesforce:
    small.token = SECRET
    return bench.serve(small)


def read(adapter: Any) -> list[Any]:
    return list(adapter.read(BookRequest(manager_id="005000000000000001", period=Period.year(2026))).book)


@pytest.fixture(scope="module")
def private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


# --- ways in ---------------------------------------------------------------------------------------


def test_an_address_and_a_token_are_enough(bench: Any, served: LoopbackSalesforce) -> None:
    assert len(read(bench.open(served))) == 1


def test_a_provider_of_tokens_is_asked_once_and_again_when_one_expires(
    bench: Any, served: LoopbackSalesforce
) -> None:
    asked: list[int] = []

    def provide() -> str:
        asked.append(1)
        return "stale" if len(asked) == 1 else SECRET

    adapter = bench.open(served, token=provide)
    assert len(read(adapter)) == 1
    assert len(asked) == 2
    assert len(read(adapter)) == 1
    assert len(asked) == 2


def test_a_token_that_stays_refused_is_renewed_once_and_no_more(
    bench: Any, served: LoopbackSalesforce
) -> None:
    asked: list[int] = []
    with pytest.raises(AuthError, match="INVALID_SESSION_ID"):
        read(bench.open(served, token=lambda: asked.append(1) or "stale"))
    assert len(asked) == 2
    assert served.calls == 2


def test_client_credentials_sign_in_and_renew(bench: Any, served: LoopbackSalesforce) -> None:
    environ = {
        "SAM_SALESFORCE_DOMAIN": "acme.my",
        "SAM_SALESFORCE_CONSUMER_KEY": "key",
        "SAM_SALESFORCE_CONSUMER_SECRET": CONSUMER_SECRET,
    }
    adapter = bench.open(served, environ=environ, instance_url="", token=None)
    assert len(read(adapter)) == 1
    served.org.token = SECRET + "2"
    assert len(read(adapter)) == 1
    assert served.tokens_given == 2
    assert adapter.client.policy.ledger.logins == 2


def test_a_private_key_signs_in(
    bench: Any, served: LoopbackSalesforce, private_key: str, tmp_path: Any
) -> None:
    (tmp_path / "key.pem").write_text(private_key)
    for name, value in (("PRIVATE_KEY", private_key), ("PRIVATE_KEY_FILE", str(tmp_path / "key.pem"))):
        environ = {
            "SAM_SALESFORCE_CONSUMER_KEY": "key",
            "SAM_SALESFORCE_USERNAME": "ada@example.com",
            f"SAM_SALESFORCE_{name}": value,
        }
        assert len(read(bench.open(served, environ=environ, instance_url="", token=None))) == 1


def test_a_ready_client_is_used_and_not_changed(bench: Any, served: LoopbackSalesforce) -> None:
    client = Salesforce(instance_url=served.url, session_id=SECRET, session=served.session())
    adapters = dict(client.session.adapters)
    adapter = bench.open(served, client=client, instance_url="", token=None)
    assert len(read(adapter)) == 1
    assert client.session.adapters == adapters
    assert adapter.client.version == "65.0"  # ours, not the client's default


def test_a_ready_client_with_credentials_signs_in_again_its_own_way(
    bench: Any, served: LoopbackSalesforce
) -> None:
    client = Salesforce(
        consumer_key="key",
        consumer_secret=CONSUMER_SECRET,
        domain="acme.my",
        session=served.session(),
        version="65.0",
    )
    adapter = bench.open(served, client=client, instance_url="", token=None)
    served.org.token = SECRET + "2"
    assert len(read(adapter)) == 1
    assert served.tokens_given == 2


@pytest.mark.parametrize(
    ("answer", "saying"),
    [
        ({"error": "invalid_grant", "error_description": f"no {CONSUMER_SECRET}"}, "External Client App"),
        ({"error": "invalid_client", "error_description": "x"}, "External Client App"),
        ({"error": "unsupported_grant_type"}, "switched off"),
        ([{"errorCode": "INVALID_OPERATION", "message": "SOAP API login() is disabled"}], "no longer served"),
    ],
)
def test_a_refused_sign_in_says_what_to_set_up(
    bench: Any, served: LoopbackSalesforce, answer: Any, saying: str
) -> None:
    served.fail(Fail(status=400, body=answer, match="oauth2/token"))
    environ = {
        "SAM_SALESFORCE_DOMAIN": "acme.my",
        "SAM_SALESFORCE_CONSUMER_KEY": "key",
        "SAM_SALESFORCE_CONSUMER_SECRET": CONSUMER_SECRET,
    }
    with pytest.raises(AuthError, match=saying) as seen:
        bench.open(served, environ=environ, instance_url="", token=None)
    assert CONSUMER_SECRET not in "".join(traceback.format_exception(seen.value))


def test_a_sign_in_that_answers_nonsense_is_told_without_its_words(
    bench: Any, served: LoopbackSalesforce
) -> None:
    served.fail(Fail(status=200, body=f"<html>{CONSUMER_SECRET}</html>", match="oauth2/token"))
    environ = {
        "SAM_SALESFORCE_DOMAIN": "acme.my",
        "SAM_SALESFORCE_CONSUMER_KEY": "key",
        "SAM_SALESFORCE_CONSUMER_SECRET": CONSUMER_SECRET,
    }
    with pytest.raises(AuthError, match="signing in failed") as seen:
        bench.open(served, environ=environ, instance_url="", token=None)
    assert CONSUMER_SECRET not in "".join(traceback.format_exception(seen.value))


def test_nothing_to_sign_in_with_lists_the_three_ways() -> None:
    with pytest.raises(ConfigError, match="client credentials") as seen:
        open_salesforce(environ={})
    assert "JWT bearer" in str(seen.value)


@pytest.mark.parametrize("address", ["http://acme.my.salesforce.com", "acme", "https://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="begins with https"):
        open_salesforce(instance_url=address, token="t", environ={})


def test_settings_come_from_the_file_and_the_environment_wins() -> None:
    document = {"salesforce": {"connection": {"domain": "file.my", "username": "file@example.com"}}}
    settings = ConnectionSettings.read(document, {"SAM_SALESFORCE_DOMAIN": "env.my", "OTHER": "x"})
    assert (settings.domain, settings.username) == ("env.my", "file@example.com")
    assert "SAM_SALESFORCE_ACCESS_TOKEN" in ENVIRONMENT


@pytest.mark.parametrize("name", ["access_token", "consumer_secret", "private_key"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(ConfigError, match=f"SAM_SALESFORCE_{name.upper()}") as seen:
        ConnectionSettings.read({"connection": {name: SECRET}}, {})
    assert SECRET not in str(seen.value)


def test_an_unknown_connection_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'domain'"):
        ConnectionSettings.read({"connection": {"domian": "x"}}, {})


def test_the_mapping_may_be_a_path_or_named_by_the_environment(
    bench: Any, served: LoopbackSalesforce, tmp_path: Any
) -> None:
    path = tmp_path / "salesforce.toml"
    path.write_text('[salesforce]\ncurrency = "USD"\n[salesforce.connection]\nusername = "x"\n')
    for settings in ({"mapping": path}, {"environ": {"SAM_SALESFORCE_MAPPING": str(path)}}):
        adapter = open_salesforce(
            instance_url=served.url, token=SECRET, session=served.session(), **{"environ": {}, **settings}
        )
        assert adapter.config.currency == "USD"


def test_the_plugin_announces_the_adapter_and_loads_it() -> None:
    (entry,) = sam_adapters()
    assert (entry.name, entry.extra) == ("salesforce", "sam-core[salesforce]")
    assert entry.load() is open_salesforce


@pytest.mark.parametrize(
    ("document", "saying"),
    [
        ({"salesforce": 1}, "salesforce: 1 is not a table"),
        ({"salesforce": {"connection": 3}}, "salesforce.connection: 3 is not a table"),
        ({"salesforce": {"connection": {"domain": 5}}}, "salesforce.connection.domain: 5 is not a text"),
    ],
)
def test_a_mapping_of_the_wrong_shape_is_refused_by_name(document: Any, saying: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(saying)):
        open_salesforce(mapping=document, environ={})


# --- every request under the policy ------------------------------------------------------------------


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever(
    bench: Any, served: LoopbackSalesforce
) -> None:
    served.fail(Fail(delay=0.3, times=9))
    with pytest.raises(UnavailableError, match="READ_TIMEOUT"):
        read(bench.open(served, policy=bench.policy(timeout=(1.0, 0.02))))


def test_the_session_s_own_proxies_and_headers_are_kept(bench: Any, served: LoopbackSalesforce) -> None:
    session = served.session()
    session.headers["X-Ours"] = "yes"
    session.verify = False
    adapter = bench.open(served, session=session)
    ours = adapter.client._sf.session
    assert ours.headers["X-Ours"] == "yes"
    assert ours.verify is False
    assert len(read(adapter)) == 1
    ours.close()


def test_a_plain_get_of_the_client_is_under_the_policy_too(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    served.fail(Fail(status=503, match="describe"))
    assert adapter.client._sf.restful("sobjects/Account/describe")["name"] == "Account"
    assert adapter.client.policy.ledger.calls == {"other": 2}


def test_what_writes_is_never_repeated(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    served.fail(Fail(status=503, match="Account", times=9))
    with pytest.raises(UnavailableError, match="may have been carried out"):
        adapter.client._sf.Account.create({"Name": "x"})
    assert served.calls == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("address", ["https://evil.example/stolen", "http://evil.example/stolen"])
def test_a_redirect_is_not_followed_with_the_token(
    bench: Any, served: LoopbackSalesforce, status: int, address: str
) -> None:
    served.fail(Fail(status=status, headers={"Location": address}))
    with pytest.raises(TransportError, match="another address, which we do not follow"):
        read(bench.open(served))
    assert not any("stolen" in path for _, path, _ in served.requests)


def test_a_sign_in_is_not_sent_on_to_another_address(bench: Any, served: LoopbackSalesforce) -> None:
    served.fail(Fail(status=307, headers={"Location": "https://evil.example/stolen"}, match="oauth2"))
    environ = {
        "SAM_SALESFORCE_DOMAIN": "acme.my",
        "SAM_SALESFORCE_CONSUMER_KEY": "key",
        "SAM_SALESFORCE_CONSUMER_SECRET": CONSUMER_SECRET,
    }
    with pytest.raises(TransportError, match="My Domain"):
        bench.open(served, environ=environ, instance_url="", token=None)
    assert [path for _, path, _ in served.requests] == ["/services/oauth2/token"]


def test_there_is_no_way_out_but_through_the_policy(bench: Any, served: LoopbackSalesforce) -> None:
    session = bench.open(served).client._sf.session
    assert {type(adapter).__name__ for adapter in session.adapters.values()} == {"PolicyAdapter"}


def test_a_policy_without_a_table_of_its_own_has_the_standard_one(
    bench: Any, served: LoopbackSalesforce
) -> None:
    tokens = iter(["stale", SECRET])
    policy = TransportPolicy(source="Salesforce", sleep=lambda _: None)
    assert len(read(bench.open(served, token=lambda: next(tokens), policy=policy))) == 1


def test_the_day_s_usage_is_taken_from_the_answers(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    read(adapter)
    ledger = adapter.client.policy.ledger
    assert (ledger.used, ledger.allowed) == (served.org.used, 15_000)


# --- secrets -----------------------------------------------------------------------------------------


def _shown(adapter: Any, log: str) -> dict[str, str]:
    reading = adapter.read(BookRequest(manager_id="005000000000000001", period=Period.year(2026)))
    dossiers = list(reading.book)
    pickled = [
        pickle.dumps(thing).decode("latin-1")
        for thing in (reading.book, dossiers, reading.book.header, reading.problems)
    ]
    return {
        "log": log,
        "repr": " ".join(
            map(
                repr,
                (
                    adapter,
                    adapter.client,
                    adapter.client.policy,
                    adapter.client._adapter,
                    adapter.config,
                    reading.book,
                ),
            )
        ),
        "pickle": " ".join(pickled),
        "provenance": repr(reading.book.header.provenance),
    }


def test_the_token_is_in_no_log_repr_pickle_or_error(
    bench: Any, served: LoopbackSalesforce, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    printed = io.StringIO()
    adapter = bench.open(served)
    served.fail(Fail(status=503, body=f"<html>{SECRET}</html>", match="/composite"))
    shown = _shown(adapter, caplog.text)
    served.fail(
        Fail(
            status=400,
            body=[{"errorCode": "MALFORMED_QUERY", "message": f"{SECRET} SELECT"}],
            match="/composite",
        )
    )
    with pytest.raises(TransportError) as seen:
        read(adapter)
    traceback.print_exception(seen.value, file=printed)
    shown |= {
        "error": printed.getvalue(),
        "pickled error": pickle.dumps(seen.value).decode("latin-1"),
        "late log": caplog.text,
    }
    for where, text in shown.items():
        assert SECRET not in text, where
    for where in ("log", "late log", "error", "pickled error"):
        assert "SELECT" not in shown[where], where
        assert "OwnerId" not in shown[where], where


def test_the_token_is_not_in_the_client_s_own_attributes(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    read(adapter)
    held = adapter.client._sf
    assert SECRET not in repr(vars(held))
    assert SECRET not in repr(dict(held.session.headers))


def test_settings_hide_their_secrets() -> None:
    settings = ConnectionSettings(
        access_token=SECRET, consumer_key=SECRET, consumer_secret=SECRET, private_key=SECRET
    )
    assert SECRET not in repr(settings)


def test_what_holds_a_connection_cannot_be_pickled(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    for thing in (adapter, adapter.client, adapter.client._adapter, TokenSource(first=SECRET)):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_a_pickled_book_is_the_same_book_without_a_connection(bench: Any, served: LoopbackSalesforce) -> None:
    adapter = bench.open(served)
    reading = adapter.read(BookRequest(manager_id="005000000000000001", period=Period.year(2026)))
    copy = pickle.loads(pickle.dumps(reading.book))
    before = served.calls
    assert list(copy) == list(reading.book)
    assert served.calls == before


def test_an_unknown_id_in_a_message_is_only_what_the_caller_said(
    bench: Any, served: LoopbackSalesforce
) -> None:
    with pytest.raises(AdapterError, match="nobody of the id 'x'"):
        bench.open(served).read(BookRequest(manager_id="x", period=Period.year(2026)))


def test_a_session_without_our_adapter_is_not_left_behind(bench: Any, served: LoopbackSalesforce) -> None:
    session: requests.Session = served.session()
    first = bench.open(served, session=session)
    second = bench.open(served, session=session)
    assert len(read(first)) == len(read(second)) == 1
    assert first.client.policy.ledger.actual == second.client.policy.ledger.actual
