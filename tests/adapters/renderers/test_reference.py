"""The reference pages say what the code says, and are not stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from sam_adapters.renderers import reference
from sam_core import standard_rules
from sam_core.charter import CHARTER
from sam_core.standards import catalogue

ROOT = Path(__file__).parents[3]
STALE = "is stale; run: python -m sam_adapters.renderers.reference"


@pytest.mark.parametrize(
    ("name", "page"), [("role.md", reference.role_page), ("standards.md", reference.standards_page)]
)
def test_a_reference_page_is_what_the_code_writes_today(name, page):
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == page(), f"{name} {STALE}"


def test_the_role_has_every_clause_and_every_rule_with_its_words():
    page = reference.role_page()
    for clause in CHARTER:
        assert f"### {clause.id} {clause.title}\n\n{clause.wording}" in page
    for one in standard_rules():
        assert f"#### `{one.id}`: {one.title}" in page
        assert f"- **Requires:** {one.requirement}" in page


def test_no_clause_is_prose_only():
    for section in reference.role_page().split("\n### ")[1:]:
        assert "\n- " in section, f"{section.splitlines()[0]} has neither rule nor measure"


def test_what_a_rule_needs_is_named_by_the_tables_it_comes_from():
    page = reference.role_page(standard_rules().select("RESP-2.1", "OV-2.kept", "ORG-1.reports"))
    assert "- **Needs:** `sale_lines`, `offering`, `opportunities`" in page
    assert "- **Needs:** what it counts over all accounts" in page
    assert "- **Needs:** nothing that a source may lack\n- **Reads, where known:** `people`" in page


def test_the_standards_have_every_entry_with_default_unit_and_range():
    page = reference.standards_page()
    for entry in catalogue():
        assert f"| `{entry.key}` | " in page
    assert "| `plans.grace_days` | 90 | days | 0 or more | ACC-3 |" in page
    assert "| `meetings.key_roles` | decision maker, champion |" in page
    assert "| `service.case_days` | high: 3, medium: 10, low: 30 |" in page
    assert "| `selling.stage_roles` | none | roles by stage | any |" in page
    assert "| `satisfaction.nps_met` | 30 | points, -100 to 100 | -100 to 100 |" in page


def test_links_from_the_role_to_the_standards_lead_somewhere():
    sections = {f"#{entry.key.partition('.')[0]}" for entry in catalogue()}
    for line in reference.role_page().splitlines():
        if line.startswith("- **Tuned by:**"):
            assert {"#" + part.partition(")")[0] for part in line.split("standards.md#")[1:]} <= sections


def test_the_command_writes_both_pages(tmp_path, capsys):
    reference.main([str(tmp_path / "made")])
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["role.md", "standards.md"]
    assert capsys.readouterr().out.count("\n") == 2


def test_without_a_folder_it_writes_into_the_documentation(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["reference"])
    reference.main()
    assert (tmp_path / "docs" / "reference" / "role.md").is_file()
