from __future__ import annotations

import copy
import pickle
import re

import pytest

from sam_core.charter import CHARTER, Charter, Clause, ClauseKind
from sam_core.errors import UnknownClauseError

# The role has so many clauses of each kind; counted in the profile, not in the code.
COUNTS = {
    ClauseKind.OVERVIEW: 5,
    ClauseKind.RESPONSIBILITY: 10,
    ClauseKind.ACCOUNTABILITY: 5,
    ClauseKind.ORGANISATION: 4,
    ClauseKind.QUALIFICATION: 3,
    ClauseKind.CONDITION: 3,
}


def test_the_role_is_whole():
    assert {kind: len(CHARTER.of_kind(kind)) for kind in ClauseKind} == COUNTS
    assert len(CHARTER) == sum(COUNTS.values())
    assert repr(CHARTER) == "<Charter of 30 clauses>"


def test_every_clause_has_an_id_of_its_own_a_title_and_its_wording():
    assert len({clause.id for clause in CHARTER}) == len(CHARTER)
    for clause in CHARTER:
        assert re.fullmatch(r"[A-Z]+-\d(\.\d)?", clause.id)
        assert 0 < len(clause.title.split()) <= 5
        assert clause.wording.endswith(".")
        assert str(clause) == f"{clause.id} {clause.title}"
        assert CHARTER[clause.id] is clause
        assert clause.id in CHARTER


def test_a_clause_stands_below_the_one_its_id_continues():
    assert [clause.id for clause in CHARTER.children("RESP-2")] == ["RESP-2.1", "RESP-2.2", "RESP-2.3"]
    assert CHARTER.children("ACC-1") == ()
    assert [clause.id for clause in CHARTER.lineage("RESP-2.3")] == ["RESP-2.3", "RESP-2"]
    assert [clause.id for clause in CHARTER.lineage("OV-1")] == ["OV-1"]
    for clause in CHARTER:
        assert clause.parent_id is None or clause.id.startswith(f"{clause.parent_id}.")
        assert clause in CHARTER.lineage(clause.id)


@pytest.mark.parametrize("lookup", [CHARTER.__getitem__, CHARTER.children, CHARTER.lineage])
def test_a_clause_that_is_not_there_is_refused_with_the_nearest(lookup):
    with pytest.raises(
        UnknownClauseError, match=r"no clause 'RESP-2.9' in the charter; did you mean 'RESP-2\."
    ) as caught:
        lookup("RESP-2.9")
    assert caught.value.clause_id == "RESP-2.9"
    assert "RESP-2.9" not in CHARTER


def test_a_charter_can_be_compared_hashed_copied_and_sent_to_another_process():
    for twin in (pickle.loads(pickle.dumps(CHARTER)), copy.deepcopy(CHARTER)):
        assert twin == CHARTER
        assert hash(twin) == hash(CHARTER)
        assert twin["ACC-1"] == CHARTER["ACC-1"]
    assert Charter(CHARTER.clauses[:1]) != CHARTER


def test_a_company_can_write_a_charter_of_its_own():
    clause = Clause(id="X-1", kind=ClauseKind.OVERVIEW, title="Own", wording="Our own.")
    assert list(Charter((clause,))) == [clause]
