"""Pure numbers, each with one definition and one owner."""
