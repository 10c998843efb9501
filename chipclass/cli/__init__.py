"""The command line. Commands import what they need when they run; importing this package stays light."""

from __future__ import annotations

import sys

BUG = 70
FAILED = 2


def main() -> None:
    """Entry of the ``chipclass`` command: every error becomes a message and an exit code, never a traceback."""
    import gc

    gc.set_threshold(100_000)  # commands are short: the collector would only walk the freshly read database
    from chipclass.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name in Chinese must not end the run on a terminal without UTF-8
            stream.reconfigure(errors="replace")
    debug = "--debug" in sys.argv
    try:
        app(prog_name="chipclass")
    except (BrokenPipeError, KeyboardInterrupt) as error:
        sys.stderr.close()
        raise SystemExit(0 if isinstance(error, BrokenPipeError) else 130) from None
    except ValueError as error:  # QueryError, SpecError, AuditError, ExportError: the message says what to do
        _stop(error, debug, FAILED, f"chipclass: {error}")
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _stop(error, debug, FAILED, f"chipclass: {error.strerror or error}{where}")
    except Exception as error:
        kind = f"{type(error).__name__}: {error}"
        text = f"chipclass: a bug, sorry: {kind}. Please report it with the command; --debug shows where it happened."
        _stop(error, debug, BUG, text)


def _stop(error: BaseException, debug: bool, code: int, text: str) -> None:
    if debug:
        raise error
    print(text, file=sys.stderr)
    raise SystemExit(code) from None
