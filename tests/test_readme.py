from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_build_runs_exactly_the_line_that_the_readme_gives_for_all_the_tests():
    (line,) = re.findall(r"^\$ (.*pytest.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_page_the_readme_points_to_is_there():
    pages = re.findall(r"\]\((docs/[^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert pages
    assert [page for page in pages if not (ROOT / page).is_file()] == []
