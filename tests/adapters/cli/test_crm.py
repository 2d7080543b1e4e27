"""``salesforce doctor`` and ``hubspot doctor`` from the command line to the socket and back."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("simple_salesforce", reason="install sam-core[salesforce]")
pytest.importorskip("hubspot", reason="install sam-core[hubspot]")

from sam_adapters.hubspot.config import TOKEN_VARIABLE
from sam_adapters.salesforce.connection import ENVIRONMENT
from sam_adapters.testing.hubspot import LoopbackHubSpot, Portal
from sam_adapters.testing.salesforce import Fail, LoopbackSalesforce, Org
from sam_adapters.testing.salesforce_schema import standard_org

ME = "005000000000000001"
SECRET = "00D-0123456789-5ecret"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (TOKEN_VARIABLE, "SAM_SALESFORCE_MAPPING", *ENVIRONMENT):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now - day, now + day
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "loopback.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def org(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackSalesforce]:
    """An org of one manager and one customer, to be reached as the environment says."""
    org: Org = standard_org()
    org.token = SECRET
    org.add("User", Id=ME, Name="Ada", UserType="Standard")
    org.add("Account", Id="001000000000000001", Name="Acme", OwnerId=ME, Industry="Steel")
    for number in range(2100):
        org.add("Contact", Id=f"003{number:015d}", AccountId="001000000000000001", Name=f"Contact {number}")
    with LoopbackSalesforce(org, certificate) as loopback:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        monkeypatch.setenv("SAM_SALESFORCE_INSTANCE_URL", loopback.url)
        monkeypatch.setenv("SAM_SALESFORCE_ACCESS_TOKEN", SECRET)
        yield loopback


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHubSpot]:
    """A portal of one manager with a company, a child company and a contact."""
    portal = Portal(token=SECRET)
    portal.owners.append(
        {"id": "7", "email": "ada@example.com", "firstName": "Ada", "lastName": "B", "userId": 70}
    )
    portal.pipelines["deals"] = [{"id": "p", "label": "Sales", "stages": []}]
    portal.add("companies", "101", name="Acme", hubspot_owner_id="7", hs_num_child_companies="1")
    portal.add("companies", "102", name="Plant", hs_num_child_companies="0")
    portal.link("companies", "101", "companies", "102", (13, 14))
    portal.add("contacts", "201", firstname="Nora", lastname="N")
    portal.link("companies", "102", "contacts", "201", (2, 1))
    with LoopbackHubSpot(portal) as loopback:
        monkeypatch.setenv(TOKEN_VARIABLE, SECRET)
        yield loopback


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "salesforce.toml"
    path.write_text('[salesforce]\ncurrency = "EUR"\n')
    return path


def _planned(text: str) -> int:
    found = re.search(r"Planned API calls for .*: (\d+)", text)
    assert found is not None
    return int(found[1])


# --- Salesforce ------------------------------------------------------------------------------------


def test_an_org_is_examined_as_the_environment_says(run: Callable[..., Any], org: Any, mapping: Path) -> None:
    result = run("salesforce", "doctor", "--mapping", mapping, "--manager", ME)
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said[0] == f"Salesforce org 127.0.0.1:{org.port}, API 65.0"
    assert "  Contact (contacts): 2100 rows" in said
    assert "  Account (accounts): 1 rows" in said
    assert any(line.startswith("  readings: ") for line in said)
    assert SECRET not in result.output


def test_the_calls_it_plans_are_the_calls_a_scorecard_then_makes(
    run: Callable[..., Any], org: Any, mapping: Path
) -> None:
    planned = _planned(run("salesforce", "doctor", "--mapping", mapping, "--manager", ME).stdout)
    before = org.calls
    result = run(
        "scorecard", "--adapter", "salesforce", "--mapping", mapping, "--manager", ME, "--as-of", "2026-09-30"
    )
    assert result.exit_code == 0
    assert "Ada" in result.stdout
    assert org.calls - before == planned + 1  # and one to ask who has a book


def test_an_org_comes_as_data_too(run: Callable[..., Any], org: Any, mapping: Path) -> None:
    report = json.loads(run("salesforce", "doctor", "--mapping", mapping, "--json").stdout)
    states = {one["key"]: one["state"] for one in report["objects"]}
    assert (states["contacts"], states["readings"]) == ("usable", "not configured or not in use")
    assert report["calls"]["describe"] == 1
    assert (report["used"], report["allowed"]) == (org.org.used, 15_000)
    assert report["problems"] == []
    assert report["not_assessable"]


def test_an_org_that_gives_no_book_is_exit_code_1(run: Callable[..., Any], org: Any) -> None:
    org.org.hidden.add("Account")
    result = run("salesforce", "doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[3:6] == [
        "Needs attention before a book can be read:",
        "  - Account is absent, not licensed, or hidden; no book can be read without it",
        "  - an org of one currency does not tell which; set salesforce.currency in the mapping file",
    ]


def test_an_org_that_does_not_know_us_is_told_without_the_token(
    run: Callable[..., Any], org: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAM_SALESFORCE_ACCESS_TOKEN", SECRET + "-of-old")
    result = run("salesforce", "doctor")
    assert result.exit_code == 3
    assert "INVALID_SESSION_ID: the session has expired or was revoked" in result.stderr
    assert SECRET not in result.output


def test_an_org_whose_calls_are_used_up_is_told(run: Callable[..., Any], org: Any) -> None:
    answer = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    org.fail(Fail(status=403, body=answer))
    result = run("salesforce", "doctor")
    assert result.exit_code == 3
    assert "the calls of the last 24 hours are used up" in result.stderr
    assert org.calls == 1


def test_an_org_with_a_certificate_nobody_vouches_for_is_not_spoken_to(
    run: Callable[..., Any], org: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    result = run("salesforce", "doctor")
    assert result.exit_code == 3
    assert "TLS: no safe connection; check certificates and proxy" in result.stderr
    assert "Traceback" not in result.stderr
    assert org.requests == []


# --- HubSpot ---------------------------------------------------------------------------------------


def test_a_portal_is_examined_as_the_environment_says(run: Callable[..., Any], portal: Any) -> None:
    result = run("hubspot", "doctor", "--set", f"host={portal.url}", "--manager", "ada@example.com")
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said[0] == "HubSpot portal 62515, API 2026-09, batch plan"
    assert "  contacts (contacts)" in said
    assert "  plans: not-configured (hubspot.objects.plans: name its object in the mapping file)" in said
    assert "  batch read companies: 1" in said
    assert "  batch read contacts: 1" in said
    assert SECRET not in result.output


def test_a_portal_comes_as_data_too(run: Callable[..., Any], portal: Any, tmp_path: Path) -> None:
    mapping = tmp_path / "hubspot.toml"
    mapping.write_text('[hubspot]\napi_version = "v3"\nplan = "search"\n')
    result = run(
        "hubspot", "doctor", "--set", f"host={portal.url}", "--mapping", mapping, "--manager", "7", "--json"
    )
    report = json.loads(result.stdout)
    assert (report["version"], report["plan"], report["whose"]) == ("v3", "search", "7")
    assert report["calls"]["search contacts"] == 1
    assert report["problems"] == []
    assert {request.version for request in portal.requests} == {"v3", "v4"}


def test_the_calls_foretold_are_the_calls_a_scorecard_then_makes(
    run: Callable[..., Any], portal: Any
) -> None:
    there = ("--set", f"host={portal.url}", "--manager", "7")
    foretold = json.loads(run("hubspot", "doctor", *there, "--json").stdout)["calls"]
    portal.requests.clear()
    result = run("scorecard", "--adapter", "hubspot", *there, "--as-of", "2026-09-30")
    assert result.exit_code == 0
    made = Counter(f"{r.name} {r.kind}{f' to {r.to}' if r.to else ''}" for r in portal.requests)
    made["search companies"] -= 2  # to ask who has a book
    assert foretold["batch read contacts"] == 1
    assert {step: made[step] for step in foretold if step != "settings"} == {
        step: calls for step, calls in foretold.items() if step != "settings"
    }


def test_a_portal_that_gives_no_book_is_exit_code_1(run: Callable[..., Any], portal: Any) -> None:
    portal.portal.hidden.add("crm.objects.companies.read")
    result = run("hubspot", "doctor", "--set", f"host={portal.url}")
    assert result.exit_code == 1
    assert "companies: grant the scope crm.objects.companies.read; no book can be read" in result.stdout


def test_a_portal_that_does_not_know_us_is_told_without_the_token(
    run: Callable[..., Any], portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, SECRET + "-of-old")
    result = run("hubspot", "doctor", "--set", f"host={portal.url}")
    assert result.exit_code == 3
    assert "INVALID_AUTHENTICATION: the token is not accepted" in result.stderr
    assert SECRET not in result.output


# --- both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ["salesforce", "hubspot"])
def test_without_a_way_to_sign_in_it_says_what_is_lacking(run: Callable[..., Any], vendor: str) -> None:
    result = run(vendor, "doctor")
    assert result.exit_code == {"salesforce": 2, "hubspot": 3}[vendor]
    lacking = {"salesforce": "SAM_SALESFORCE_ACCESS_TOKEN", "hubspot": "HUBSPOT_ACCESS_TOKEN"}[vendor]
    assert lacking in result.stderr


@pytest.mark.parametrize(
    ("vendor", "setting"),
    [("salesforce", "token"), ("salesforce", "access_token"), ("hubspot", "access_token")],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    run: Callable[..., Any], vendor: str, setting: str
) -> None:
    result = run(vendor, "doctor", "--set", f"{setting}={SECRET}")
    assert result.exit_code == 2
    assert "give it by the environment" in result.stderr
    assert SECRET not in result.output


@pytest.mark.parametrize("vendor", ["salesforce", "hubspot"])
def test_a_manager_nobody_knows_is_refused(
    run: Callable[..., Any], vendor: str, org: Any, portal: Any
) -> None:
    host = ("--set", f"host={portal.url}") if vendor == "hubspot" else ()
    result = run(vendor, "doctor", *host, "--manager", "nobody")
    assert result.exit_code == 3
    assert "'nobody'" in result.stderr
    assert not result.stdout
