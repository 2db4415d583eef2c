"""The command ``plumpy-migrate``: its options, and what it says about rules. The work is in ``run.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Sequence, Tuple, TypeVar

# Nothing else may be imported here: `plumpy-migrate --version` must come at once.
import click

from codemods import __version__

if TYPE_CHECKING:
    from codemods.report import RuleInfo

Function = TypeVar("Function", bound=Callable[..., Any])

RULES = "Rules"
FILES = "Files"
MODE = "What to do"
REPORT = "Report"
ABOUT = "About"

HELP = """Move Python 2/3 straddling sources on tornado and the plumpy of their time to Python 3 and asyncio.

Each PATH is a file, a folder (what git ignores isn't touched), or "-" for a filter from standard input to standard
output. Files are rewritten in place; what can't be rewritten safely is left alone and listed, with the reason.
"""

EPILOG = """\b
Examples:
  plumpy-migrate --diff .             show what would change
  plumpy-migrate .                    rewrite the folder you are in
  plumpy-migrate --undo .             take that back
  plumpy-migrate --check src tests    fail if something would change, for CI
  plumpy-migrate --select SIX,FUT101 --ignore SIX105 src
  plumpy-migrate --init-tox           test the old stack and the new one by tox
  plumpy-migrate --explain SIX105     what a rule does, and when it refuses

\b
Exit codes:
  0    done; what is left to do by hand is listed, but is no error
  1    with --check or --diff: something would change
  2    wrong usage, uncommitted changes, or a file that couldn't be processed
  130  interrupted

Configuration: the table [tool.plumpy-migrate] of pyproject.toml, with the keys select, extend-select, ignore,
target-version, exclude, jobs, py2, six-modules, isinstance-like, stage, runtime, foreign, coroutine-decorators and
todo. An option given here replaces the key.
"""


class _Option(click.Option):
    """An option that belongs to a group of the help text."""

    def __init__(self, *args: Any, group: str = ABOUT, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.group = group


class _Command(click.Command):
    """A command with its options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        groups: Dict[str, List[Tuple[str, str]]] = {name: [] for name in (MODE, RULES, FILES, REPORT, ABOUT)}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            # Recent releases of click have records of arguments too.
            if record is not None and isinstance(parameter, click.Option):
                groups[getattr(parameter, "group", ABOUT)].append(record)
        for name, records in groups.items():
            with formatter.section(name):
                formatter.write_dl(records)


def _option(group: str, *names: str, **attributes: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=_Option, group=group, **attributes)


def _complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> List[str]:
    """Complete the last of some comma-separated rule codes."""
    from codemods.registry import all_rules

    done, comma, begun = incomplete.rpartition(",")
    names = sorted({name for rule in all_rules() for name in (rule.family, rule.code)})
    return [done + comma + name for name in names if name.startswith(begun.upper())]


def _list_rules(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value:
        return
    from codemods.console import emit

    emit("".join(_listing(rules) for rules in _families().values()))
    ctx.exit()


def _families() -> Dict[str, List[RuleInfo]]:
    """All rules and the codes of the engine, by their families."""
    from codemods.engine_codes import ENGINE_CODES
    from codemods.registry import all_rules

    families: Dict[str, List[RuleInfo]] = {}
    for rule in (*all_rules(), *ENGINE_CODES):
        families.setdefault(rule.family, []).append(rule)
    return families


def _listing(rules: Sequence[RuleInfo]) -> str:
    """A family with its rules, a line for each."""
    from codemods.report import FAMILIES

    family = rules[0].family
    lines = [f"  {rule.code}  {rule.title}{'' if rule.default else ' (only if selected)'}" for rule in rules]
    return "\n".join([f"{family}: {FAMILIES.get(family, '')}", *lines, ""])


def _explain(ctx: click.Context, param: click.Parameter, value: str) -> None:
    if not value:
        return
    from codemods.config import suggestion
    from codemods.console import emit

    families = _families()
    rules = {rule.code: rule for family in families.values() for rule in family}
    name = value.upper()
    if name in families:
        emit(_listing(families[name]))
    elif name in rules:
        rule = rules[name]
        emit(f"{rule.code}{'' if rule.default else ' (only if selected)'}: {rule.doc.strip() or rule.title}\n")
    else:
        raise click.BadParameter(f'there is no rule "{value}"{suggestion(name, [*families, *rules])}')
    ctx.exit()


def _completion(ctx: click.Context, param: click.Parameter, value: str) -> None:
    if not value:
        return
    from click.shell_completion import ShellComplete, get_completion_class

    shell = get_completion_class(value)
    assert shell is not None
    script = shell(ctx.command, {}, "plumpy-migrate", "_PLUMPY_MIGRATE_COMPLETE")
    # The method of the base class: bash's own starts a bash first to look at its version.
    click.echo(ShellComplete.source(script))
    ctx.exit()


def _target(ctx: click.Context, param: click.Parameter, value: str) -> Any:
    if not value:
        return None
    from codemods.config import parse_target

    try:
        return parse_target(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _codes(name: str, text: str) -> Callable[[Function], Function]:
    return _option(RULES, name, multiple=True, metavar="CODES", shell_complete=_complete_code, help=text)


def _about(name: str, callback: Callable[..., None], text: str, **attributes: Any) -> Callable[[Function], Function]:
    return _option(ABOUT, name, is_eager=True, expose_value=False, callback=callback, help=text, **attributes)


@click.command(
    cls=_Command,
    help=HELP,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@_option(MODE, "--diff", is_flag=True, help="Print what would change, and write nothing.")
@_option(MODE, "--check", is_flag=True, help="Only report, and write nothing.")
@_option(
    MODE,
    "--undo",
    is_flag=True,
    help="Put back the files of the last run in the git work tree, or else the folder, of PATH.",
)
@_option(
    MODE,
    "--init-tox",
    is_flag=True,
    help="Add environments for the old stack, the legacy flavour and the new one to the tox configuration of PATH, by "
    "default the folder you are in. Nothing else is done.",
)
@_option(MODE, "--allow-dirty", is_flag=True, help="Rewrite although PATH has changes that aren't committed to git.")
@_option(
    MODE,
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    metavar="N",
    help="Worker processes; 0, the default, for one a core.",
)
@_codes("--select", "Run these rules only: codes (SIX105) or families (SIX), separated by commas; repeatable.")
@_codes("--extend-select", "Run these rules too, which are off by default.")
@_codes("--ignore", "Don't run these rules; stronger than the two above.")
@_option(
    RULES,
    "--target-version",
    metavar="VERSION",
    callback=_target,
    help="The oldest Python that the result must run on: 3.8 to 3.14; default 3.9.",
)
@_option(RULES, "--py2", is_flag=True, help="Convert files first that only Python 2 can read.")
@_option(
    RULES,
    "--six-module",
    "six_modules",
    multiple=True,
    metavar="NAME",
    help="A module that is a copy of six; repeatable.",
)
@_option(
    RULES,
    "--stage",
    type=click.Choice(["shim", "asyncio", "final"]),
    help="How far to go: keep tornado and import the legacy flavour of plumpy (shim), move to asyncio (the default), "
    "or drop what helped on the way as well (final).",
)
@_option(
    RULES,
    "--runtime",
    type=click.Choice(["plumpy_compat", "plumpy"]),
    help="The package that imports of plumpy come to name; default plumpy_compat.",
)
@_option(RULES, "--todo", is_flag=True, help="Mark what is left with TODO(plumpy-migrate RULE) comments in the source.")
@_option(FILES, "--exclude", multiple=True, metavar="PATTERN", help="Pass over these, as in .gitignore; repeatable.")
@_option(FILES, "--stdin-filename", metavar="FILE", type=click.Path(), help='The name of what "-" reads.')
@_option(
    FILES,
    "--config",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Read the settings from this TOML file; default: the nearest pyproject.toml that has some.",
)
@_option(
    REPORT,
    "--format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="The form of the report; default text.",
)
@_option(
    REPORT,
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Write the report to this file. Without it, it goes to standard output; to standard error with --diff and -.",
)
@_option(REPORT, "-q", "--quiet", is_flag=True, help="Print only what is left to do, and errors.")
@_option(REPORT, "-v", "--verbose", is_flag=True, help="Count by rule, and print notes and progress.")
@_option(
    REPORT,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours; auto, the default, heeds NO_COLOR.",
)
@_about("--list-rules", _list_rules, "List the rules, and the codes of the program itself, and exit.", is_flag=True)
@_about(
    "--explain",
    _explain,
    "Say what a rule does, or list a family, and exit.",
    metavar="RULE",
    shell_complete=_complete_code,
)
@_about(
    "--completion",
    _completion,
    "Print the script that completes this command in a shell, and exit.",
    type=click.Choice(["bash", "zsh", "fish"]),
)
@click.version_option(__version__, prog_name="plumpy-migrate", help="Show the version, and exit.")
def command(**given: Any) -> None:
    """Run what the command line says."""
    from codemods.run import Options, execute

    click.get_current_context().exit(execute(Options(**given)))
