"""The examples are packages of their own: their tests run where they are installed (tests/plugins)."""

collect_ignore_glob = ["*"]
