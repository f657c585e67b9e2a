"""The command ``verify``: which verb, and what happens when something goes wrong inside."""

from __future__ import annotations

import os
import platform
import signal
import sys
import traceback

import click

from verifier import __version__
from verifier.cli.check import check_command
from verifier.cli.exit import Exit
from verifier.cli.expectations import test_command
from verifier.cli.texts import explain_command, fmt_command
from verifier.cli.traces import trace_group


class Verbs(click.Group):
    """``verify FILE...`` is short for ``verify check FILE...``."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Puts the missing verb in."""
        asks_for_help = args and args[0] in ("--help", "-h", "--version")
        if args and not asks_for_help and args[0] not in self.commands:
            args = ["check", *args]
        return super().parse_args(context, args)


@click.group(
    cls=Verbs,
    commands=[check_command, test_command, trace_group, fmt_command, explain_command],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="verify FILE... is short for verify check FILE...",
)
@click.version_option(__version__, prog_name="verify")
def verify() -> None:
    """Decide for every interleaving which properties of a protocol hold."""


def main() -> None:
    """Runs the command line and exits with its status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: a partial report
    try:
        verify.main(prog_name="verify", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(int(Exit.USAGE))
    except (KeyboardInterrupt, click.Abort):
        _ignore_interrupts()
        print("interrupted", file=sys.stderr)
        sys.exit(int(Exit.INTERRUPTED))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(int(Exit.HOLDS))
    except Exception:  # everything that is the user's has been answered by now
        traceback.print_exc()
        print(
            f"\nThis is a mistake of verify {__version__} (Python {platform.python_version()}), "
            "not of your model.\nPlease report it with the model and the lines above.",
            file=sys.stderr,
        )
        sys.exit(int(Exit.OURS))
    finally:
        _ignore_interrupts()


def _ignore_interrupts() -> None:
    """All is said: an interrupt while Python ends would only turn the exit status into another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
