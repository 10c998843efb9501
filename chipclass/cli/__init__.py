"""The command line. Commands import what they need when they run; importing this package stays light."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

BUG = 70
FAILED = 2


def main() -> None:
    """Entry of the ``chipclass`` command: every error becomes a message and an exit code, never a traceback."""
    import gc

    gc.set_threshold(1_000_000)  # commands are short: the collector would only walk the freshly read database
    from chipclass.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name in Chinese must not end the run on a terminal without UTF-8
            stream.reconfigure(errors="replace")
    debug = "--debug" in sys.argv
    with _a_reader_may_stop():
        try:
            app(prog_name="chipclass")
        except ValueError as error:  # QueryError, SpecError, AuditError, ExportError: the message says what to do
            _stop(debug, FAILED, f"chipclass: {error}")
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            _stop(debug, FAILED, f"chipclass: {error.strerror or error}{where}")
        except Exception as error:
            kind = f"{type(error).__name__}: {error}"
            text = (
                f"chipclass: a bug, sorry: {kind}. Please report it with the command; --debug shows where it happened."
            )
            _stop(debug, BUG, text)


@contextmanager
def _a_reader_may_stop() -> Iterator[None]:
    """``chipclass ... | head``: a reader that has seen enough is no error, and no exit code 1."""
    import signal

    if not hasattr(signal, "SIGPIPE"):
        yield
        return
    before = signal.signal(signal.SIGPIPE, lambda *_: os._exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def _stop(debug: bool, code: int, text: str) -> None:
    if debug:
        import traceback

        traceback.print_exc()
    print(text, file=sys.stderr)
    raise SystemExit(code) from None
