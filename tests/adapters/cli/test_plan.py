from __future__ import annotations

import json

import pytest

from sam_adapters.demo import AS_OF as DAY
from sam_adapters.demo import sample
from sam_core.plans import dumps_plan, loads_plan, render_plan

from .conftest import AS_OF


@pytest.fixture(scope="module")
def plans():
    """The sample's plans by customer."""
    return {dossier.id: dossier.plans[0] for dossier in sample().dossiers if dossier.plans}


@pytest.fixture
def written(plans, tmp_path):
    """Writes the plan of a customer to a file."""

    def write(account_id, name="plan.md", old="", new=""):
        path = tmp_path / name
        text = dumps_plan(plans[account_id], body=render_plan(plans[account_id]))
        assert old in text
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", ["baltic.md", "baltic.toml"])
def test_a_draft_is_a_document_that_reads_back(run, folder, tmp_path, name):
    path = tmp_path / name
    result = run("plan", "draft", folder, "--manager", "E-11", "--account", "A-05", *AS_OF, "-o", path)
    assert result.exit_code == 0
    plan = loads_plan(path.read_text(encoding="utf-8"))
    assert plan.title == "Plan with Baltic Paper"
    assert (plan.start, plan.owner_id) == (DAY, "E-11")
    assert plan.initiatives
    assert path.read_text(encoding="utf-8").startswith("+++" if name.endswith(".md") else "id = ")


def test_a_draft_names_the_signals_of_the_customer_as_needs(data, folder):
    plan = data("plan", "draft", folder, "--manager", "E-11", "--account", "A-06", *AS_OF)
    assert any("case" in need["text"].lower() for need in plan["needs"])


def test_a_draft_never_writes_over_a_plan(run, folder, written):
    path = written("A-01")
    before = path.read_text(encoding="utf-8")
    result = run("plan", "draft", folder, "--manager", "E-11", "--account", "A-01", *AS_OF, "-o", path)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert path.read_text(encoding="utf-8") == before


def test_a_draft_for_nobody_is_refused(run, folder):
    result = run("plan", "draft", folder, "--manager", "E-11", "--account", "A-5", *AS_OF)
    assert result.exit_code == 2
    assert "no customer 'A-5' in this book" in result.stderr


def test_a_plan_that_conforms_is_said_to(run, written):
    result = run("plan", "check", written("A-01"), *AS_OF)
    assert result.exit_code == 0
    assert result.stdout.endswith("conforms to the standards of 2026-09-30.\n")


@pytest.mark.parametrize(
    ("account", "points"),
    [("A-03", {"reviewed"}), ("A-04", {"joint"}), ("A-10", {"served", "priorities", "targets"})],
)
def test_what_a_plan_lacks_is_told_with_file_and_line(run, data, written, account, points):
    path = written(account)
    result = run("plan", "check", path, *AS_OF)
    assert result.exit_code == 1
    assert all(line.startswith(f"{path}:") for line in result.stdout.splitlines())
    problems = json.loads(run("plan", "check", path, *AS_OF, "--json").stdout)
    assert {one["where"] for one in problems} == points
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all(1 <= one["line"] <= len(lines) for one in problems)


def test_standards_and_tier_decide_what_conforms(run, written, tmp_path):
    path = written("A-03")
    own = tmp_path / "own.toml"
    own.write_text("effective = 2026-01-01\n[tier.B.plans]\nreview_days = 200\n", encoding="utf-8")
    assert run("plan", "check", path, *AS_OF, "--standards", own).exit_code == 1
    assert run("plan", "check", path, *AS_OF, "--standards", own, "--tier", "B").exit_code == 0


def test_a_document_that_cannot_be_read_is_told_by_line(run, written):
    path = written("A-01", old="start = 2026-01-01", new='start = "soon"')
    number = path.read_text(encoding="utf-8").splitlines().index('start = "soon"') + 1
    assert run("plan", "check", path, *AS_OF).stdout.startswith(f"{path}:{number}: start: ")
    result = run("plan", "render", path)
    assert result.exit_code == 2
    assert f"{path}:{number}: start: " in result.stderr


def test_a_change_is_told_entry_by_entry(run, data, written):
    old, new = (
        written("A-01", "old.md"),
        written("A-01", "new.md", "Exchange the oldest pumps", "Exchange all pumps"),
    )
    assert run("plan", "diff", old, new).stdout == (
        "~ initiatives[A-01-P26-I1].title: Exchange the oldest pumps -> Exchange all pumps\n"
    )
    assert [one["after"] for one in json.loads(run("plan", "diff", old, new, "--json").stdout)] == [
        "Exchange all pumps"
    ]
    assert run("plan", "diff", old, old).stdout == "Nothing changed.\n"


def test_the_customers_copy_leaves_out_what_is_internal(run, written):
    path = written(
        "A-01", old="Fewer stops of the filling line", new="Fewer stops [internal: worth 20,000 to us]"
    )
    assert "worth 20,000" in run("plan", "render", path).stdout
    shown = run("plan", "render", path, "--for", "customer").stdout
    assert "Fewer stops" in shown
    assert "worth 20,000" not in shown
    result = run("plan", "render", path, "--for", "customer", "--json")
    assert result.exit_code == 2
    assert "20,000" not in result.output


def test_a_plan_comes_as_data_for_us(run, written):
    assert json.loads(run("plan", "render", written("A-01"), "--json").stdout)["id"] == "A-01-P26"
