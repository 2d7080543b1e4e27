"""A new package's tests run at once; the one that fails says what to fill in, and mapping on makes it pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sam_adapters.contract import AdapterError
from sam_adapters.scaffold import write_skeleton
from sam_adapters.testing.conformance import GUIDE


def suite(folder: Path) -> str:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        folder / "pyproject.toml",
        folder,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    return write_skeleton("acme-crm", tmp_path)


def test_the_only_failing_test_says_what_to_fill_in(skeleton: Path) -> None:
    said = suite(skeleton)
    assert "provides is empty; name the concepts that the adapter fills" in said
    assert f"see {GUIDE}#capabilities-are-true-to-the-records" in said
    assert "1 failed" in said
    assert "error" not in said.lower()


def test_a_concept_that_is_named_and_not_mapped_is_asked_for_record_by_record(skeleton: Path) -> None:
    adapter = skeleton / "src" / "sam_adapter_acme_crm" / "adapter.py"
    text = adapter.read_text("utf-8")
    adapter.write_text(text.replace("= frozenset()\n", '= frozenset({"locations"})\n', 1), encoding="utf-8")
    said = suite(skeleton)
    assert "capability: locations" in said
    assert "locations: expected (Location(" in said


def test_mapping_it_makes_every_test_pass(skeleton: Path) -> None:
    adapter = skeleton / "src" / "sam_adapter_acme_crm" / "adapter.py"
    text = adapter.read_text("utf-8")
    for old, new in (
        ("= frozenset()\n", '= frozenset({"locations"})\n'),
        ("Dossier, Person,", "Dossier, Location, Person,"),
        (
            "        return {}\n",
            """        rows = (row for row in self._rows("places") if row["company"] == account_id)
        made = (self._fields("places", row, collector).make(_location) for row in rows)
        return {"locations": tuple(place for place in made if place is not None)}
""",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    text += """

def _location(place: Fields) -> Location:
    return Location(
        id=place.required("id", ident),
        name=place.required("name", text),
        city=place.optional("city", text),
        country=place.optional("country", text),
    )
"""
    adapter.write_text(text, encoding="utf-8")
    test = skeleton / "tests" / "test_conformance.py"
    text = test.read_text("utf-8")
    mapped = """        "places": [
            {"id": p.id, "name": p.name, "city": p.city, "country": p.country, "company": dossier.id}
            for dossier in corpus.dossiers
            for p in dossier.locations
        ],
        "companies": ["""
    test.write_text(text.replace('        "companies": [', mapped, 1), encoding="utf-8")
    said = suite(skeleton)
    assert " passed" in said
    assert "failed" not in said


def test_no_placeholder_is_left_and_the_code_is_typed_and_clean(skeleton: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    names = {str(path.relative_to(skeleton)) for path in skeleton.rglob("*") if path.is_file()}
    assert names == {
        "README.md",
        "pyproject.toml",
        "src/sam_adapter_acme_crm/__init__.py",
        "src/sam_adapter_acme_crm/adapter.py",
        "src/sam_adapter_acme_crm/plugin.py",
        "src/sam_adapter_acme_crm/py.typed",
        "tests/test_conformance.py",
    }
    assert not [
        path
        for path in skeleton.rglob("*")
        if path.is_file()
        and "@"
        in path.read_text()
        .replace("@hookimpl", "")
        .replace("@frozen", "")
        .replace("@property", "")
        .replace("@pytest", "")
    ]
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", skeleton / "src"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=skeleton)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["", "Acme", "acme crm", "1acme", "acme_crm", "../acme", "acme-"])
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AdapterError, match="is no name for an adapter"):
        write_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(skeleton: Path, tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="is there already"):
        write_skeleton("acme-crm", tmp_path)
