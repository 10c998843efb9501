"""``make bench``: all benchmarks; ``python -m benchmarks startup`` runs one."""

from __future__ import annotations

import platform
import sys

from benchmarks import audit, columns, identification, loading, provisions, startup

ALL = {
    "startup": startup.main,
    "loading": loading.main,
    "columns": columns.main,
    "provisions": provisions.main,
    "identification": identification.main,
    "audit": audit.main,
}


def main() -> int:
    chosen = sys.argv[1:] or list(ALL)
    if unknown := [name for name in chosen if name not in ALL]:
        print(f"unknown benchmark {unknown[0]}; expected one of {', '.join(ALL)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in chosen:
        print(f"\n{name}")
        ALL[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
