from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest
from attrs import frozen


@frozen(kw_only=True)
class Report:
    healthy: bool
    problems: tuple[str, ...] = ()


@pytest.fixture(params=["salesforce", "hubspot"])
def vendor(request, monkeypatch):
    """A vendor whose examination comes out as the manager asked for says."""
    room = ModuleType("doctor")
    room.doctor = lambda adapter, manager, *, rules: Report(
        healthy=manager != "ill", problems=(f"{adapter} {len(rules) > 0} {manager}",)
    )
    room.render = lambda report: f"{report.problems[0]}\n"
    monkeypatch.setitem(sys.modules, f"sam_adapters.{request.param}.doctor", room)
    monkeypatch.setattr(
        "sam_adapters.open_adapter", lambda name, *, plugins, **settings: f"{name} {sorted(settings)}"
    )
    return request.param


def test_the_vendors_own_examination_is_shown(run, vendor):
    result = run(vendor, "doctor", "--manager", "7", "--set", "a=b")
    assert result.exit_code == 0
    assert result.stdout == f"{vendor} ['a'] True 7\n"


def test_an_org_that_cannot_be_read_is_exit_code_1(run, vendor):
    assert run(vendor, "doctor", "--manager", "ill").exit_code == 1


def test_it_comes_as_data_too(run, vendor):
    assert json.loads(run(vendor, "doctor", "--json").stdout)["healthy"] is True


@pytest.mark.parametrize("name", ["salesforce", "hubspot"])
def test_without_a_way_to_sign_in_it_says_what_is_lacking(run, name, monkeypatch):
    for variable in ("HUBSPOT_ACCESS_TOKEN", "SALESFORCE_ACCESS_TOKEN", "SALESFORCE_INSTANCE_URL"):
        monkeypatch.delenv(variable, raising=False)
    result = run(name, "doctor")
    assert result.exit_code in {2, 3}
    assert "Error:" in result.stderr
    assert "Traceback" not in result.stderr
