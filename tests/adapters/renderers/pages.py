"""Strategies for pages."""

from __future__ import annotations

from hypothesis import strategies as st

from sam_adapters.renderers.page import (
    Cell,
    Code,
    Column,
    Facts,
    Items,
    Page,
    Row,
    Section,
    Table,
    Text,
    Tone,
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
words = st.text("abc äß%-.,", min_size=1, max_size=30).filter(lambda text: text.strip() == text)
cells = st.builds(Cell, texts, st.sampled_from(Tone))


@st.composite
def tables(draw: st.DrawFn, content: st.SearchStrategy[str] = texts, soft: bool = False) -> Table:
    width = draw(st.integers(1, 5))
    flags = st.just(False) if soft else st.booleans()
    columns = [Column(draw(content), draw(flags), draw(flags)) for _ in range(width)]
    rows = draw(
        st.lists(
            st.builds(
                Row, st.lists(content.map(Cell), min_size=width, max_size=width), st.just("") | content
            ),
            max_size=4,
        )
    )
    return Table(columns, rows)


blocks = st.one_of(
    tables(),
    st.lists(st.tuples(texts, cells), max_size=3).map(Facts),
    st.lists(texts, max_size=3).map(Items),
    texts.map(Text),
    texts.map(Code),
)
pages = st.builds(
    Page,
    texts,
    st.lists(blocks, max_size=3),
    st.lists(st.builds(Section, texts, st.lists(blocks, max_size=3)), max_size=3),
)
