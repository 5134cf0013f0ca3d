"""`python3 -m emulator --account 123456789012 --port 4566`: starts one emulator in the foreground."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from emulator import settings as settings_module


def leave_terminal(log_file: Path) -> None:
    """Sends all output to the file and starts a session of its own, so that a Ctrl-C at the caller does not end it."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab", buffering=0) as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    os.setsid()


def main() -> None:
    """Reads the arguments, prepares the environment and only then imports what imports MiniStack."""
    settings = settings_module.parse()
    if settings.log_file:
        leave_terminal(settings.log_file)
    settings_module.export(settings)
    from emulator import launcher

    launcher.run(settings)


if __name__ == "__main__":
    main()
