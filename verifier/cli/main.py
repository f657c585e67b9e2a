"""The command ``verify``: which verb, and what happens when something goes wrong inside."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Literal as OneOf
from typing import assert_never, get_args

import click

from verifier import __version__
from verifier.cli.exit import Exit

Verb = OneOf[
    "certificate", "check", "docs", "emit", "explain", "fixes", "fmt", "mutate", "prove",
    "requirements", "test", "trace",
]  # fmt: skip
VERBS: tuple[Verb, ...] = get_args(Verb)


def command_of(verb: Verb) -> click.Command:
    """The command that a verb calls.

    Imported when it is called: `verify check` would otherwise wait for the parser library, which
    `verify fmt` needs, and for the explanations of every mistake.
    """
    match verb:
        case "certificate":
            from verifier.cli.certificates import certificate_group

            return certificate_group
        case "check":
            from verifier.cli.check import check_command

            return check_command
        case "docs":
            from verifier.cli.docs import docs_command

            return docs_command
        case "emit":
            from verifier.cli.emit import emit_command

            return emit_command
        case "explain":
            from verifier.cli.texts import explain_command

            return explain_command
        case "fixes":
            from verifier.cli.fixes import fixes_command

            return fixes_command
        case "fmt":
            from verifier.cli.texts import fmt_command

            return fmt_command
        case "mutate":
            from verifier.cli.mutate import mutate_command

            return mutate_command
        case "prove":
            from verifier.cli.prove import prove_command

            return prove_command
        case "requirements":
            from verifier.cli.requirements import requirements_command

            return requirements_command
        case "test":
            from verifier.cli.expectations import test_command

            return test_command
        case "trace":
            from verifier.cli.traces import trace_group

            return trace_group
        case _:
            assert_never(verb)


class Verbs(click.Group):
    """``verify FILE...`` is short for ``verify check FILE...``."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All verbs."""
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of a verb, if it is one."""
        return next((command_of(verb) for verb in VERBS if verb == name), None)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Puts the missing verb in."""
        asks_for_help = args and args[0] in ("--help", "-h", "--version")
        if args and not asks_for_help and args[0] not in VERBS:
            args = ["check", *args]
        return super().parse_args(context, args)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="verify FILE... is short for verify check FILE...",
)
@click.version_option(__version__, prog_name="verify")
def verify() -> None:
    """Decide for every interleaving which properties of a protocol hold."""


def main() -> None:
    """Runs the command line and exits with its status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: a partial report
    gc.set_threshold(200_000)  # a model is a hundred thousand objects, and hardly any is garbage
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
        import platform  # here, because all goes well most of the time
        import traceback

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
