"""Which environments a project gets, by what it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Sequence, Tuple

from codemods.rules.dependencies import requirement

from .needs import Needs, included, requirements_file

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

COMPAT = "plumpy-compat"
_KNOWN: Dict[str, Tuple[str, ...]] = {
    "plumpy": ("0.15.2", "0.15.1", "0.15.0", "0.14.5", "0.14.4", "0.14.3", "0.14.2", "0.14.1", "0.14.0"),
    "tornado": ("4.5.3", "5.1.1"),
    "kiwipy": ("0.5.5", "0.5.4", "0.5.3", "0.5.2", "0.5.1"),
}
"""The releases of the time, the best one first."""
_REPLACED = frozenset(["plumpy", COMPAT, "kiwipy", "tornado", "topika", "pika", "frozendict"])
"""What isn't installed beside plumpy-compat as the project asks for it."""
_OLDEST = (3, 8)
_COLLECTABLE = "pytest<8.2"
"""Later ones can't collect the AsyncTestCase of a tornado before 6."""
_PYTHONS = ("python", "{envpython}", "{env_python}")
_FLAVOUR = ("-m", "plumpy_compat.as_plumpy", "--legacy")
_POSARGS = "{posargs}"


class NothingToAdd(Exception):
    """The project isn't one that tornado's plumpy, or tornado, is the old stack of."""


@dataclass(frozen=True)
class Command:
    """A command of a test environment.

    :param words: its words; what isn't a string is kept as the configuration has it.
    """

    words: Tuple[Any, ...]


@dataclass(frozen=True)
class Base:
    """What the project's test environments have in common, as its tox configuration says.

    :param deps: the lines of `deps`.
    :param own_deps: how another environment says "and the same again"; empty if there are none.
    :param installs: whether the project itself is installed.
    :param inherited: whether other environments have all that without saying it.
    :param pythons: the versions of Python (``27``, ``38``) in the names of environments.
    """

    deps: Tuple[Any, ...] = ()
    own_deps: Tuple[Any, ...] = ()
    extras: Tuple[str, ...] = ()
    commands: Tuple[Command, ...] = ()
    before: Tuple[Any, ...] = ()
    installs: bool = True
    inherited: bool = True
    pythons: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Environment:
    """Environments to add that differ in nothing but the version of Python.

    :param mark: how the factors behind that of Python begin in an environment that there is already; a regular
        expression.
    :param deps: lines, or what the format has in their place.
    :param extras: empty to inherit them; so are the commands.
    """

    pythons: Tuple[str, ...]
    factors: str
    mark: str
    description: str
    deps: Tuple[Any, ...]
    installs: bool = True
    extras: Tuple[str, ...] = ()
    before: Tuple[Any, ...] = ()
    commands: Tuple[Command, ...] = ()

    @property
    def names(self) -> List[str]:
        return [f"py{python}-{self.factors}" for python in self.pythons]

    def is_there(self, names: Iterable[str]) -> bool:
        """Say whether one of the environments with these names, or patterns of names, is of this kind."""
        return any(re.match(rf"(?:{self.mark})(?:\W|$)", name.partition("-")[2]) for name in names)

    @property
    def pattern(self) -> str:
        """All the names in one, as INI files have it."""
        inside = ",".join(self.pythons)
        return f"py{{{inside}}}-{self.factors}" if len(self.pythons) > 1 else self.names[0]


def environments(base: Base, needs: Needs, factors: bool = True) -> List[Environment]:
    """Give the environments that a project is to have.

    :param factors: whether the format has lines with factors in front, and a tox that can do Python 2.7.
    :raises NothingToAdd: where there is no old stack.
    """
    plumpy, tornado = _plumpy(needs), _tornado(needs)
    legacy = _legacy(base, needs, ("38", "39"), tornado)
    found = [_old(base, needs, plumpy, tornado, factors), legacy]
    if tornado.startswith("4."):
        found.append(_legacy(base, needs, ("311", "313"), ""))
    return [*found, _new(base)]


def _old(base: Base, needs: Needs, plumpy: str, tornado: str, factors: bool) -> Environment:
    two = ("27",) if factors and "27" in base.pythons and not plumpy.startswith("0.15") else ()
    pins: List[str] = []
    what = f"tornado {tornado}"
    name = f"tornado{_digits(tornado, 2)}"
    if plumpy:
        pins = [_pin(needs, "plumpy", plumpy, "rmq" if plumpy.startswith("0.15") else "")]
        # plumpy 0.14 and 0.15 don't say that they can't do with later ones.
        pins += [_pin(needs, "kiwipy", _pick("kiwipy", needs.of("kiwipy")) or "0.5.5", "rmq"), "frozendict<2"]
        what = f"plumpy {plumpy} and {what}"
        name = f"plumpy{_digits(plumpy, 3)}-{name}"
    lines = [*pins, f"tornado=={tornado}", *_pytest(base, needs, tornado)]
    if two:
        lines = [f"!py27: {one}" if one == _COLLECTABLE else one for one in lines]
        lines += ["py27: pytest<5", *(["py27: pika==1.1.0", "py27: shortuuid<1"] if plumpy else [])]
    description = f"the code as it was before its migration, with {what}"
    return _with_base(
        base, Environment((*two, "38"), name, r"(?:plumpy|tornado)\d+", description, (*base.own_deps, *lines))
    )


def _legacy(base: Base, needs: Needs, pythons: Tuple[str, ...], tornado: str) -> Environment:
    factors = f"legacy-tornado{_digits(tornado, 2) if tornado else 6}"
    stated = f"tornado=={tornado}" if tornado else "tornado>=6"
    wanted = needs.with_extras(base.extras) if base.installs else []
    deps = [*_kept_deps(base, needs, pythons), *_kept(wanted), COMPAT, stated, *_pytest(base, needs, tornado)]
    install: Tuple[Any, ...] = (Command(("python", "-m", "pip", "install", "--no-deps", ".")),) if base.installs else ()
    return Environment(
        pythons,
        factors,
        re.escape(factors),
        "the code as it was, on the legacy flavour of plumpy-compat",
        tuple(one for index, one in enumerate(deps) if one not in deps[:index]),
        installs=False,
        before=(*base.before, *install),
        commands=tuple(_on_flavour(one) for one in base.commands or (_pytest_command(),)),
    )


def _new(base: Base) -> Environment:
    description = "the code that plumpy-migrate has rewritten, without tornado"
    deps = (*base.own_deps, *(() if COMPAT in base.deps else (COMPAT,)))
    return _with_base(base, Environment(("39", "311", "313"), "migrated", "migrated", description, deps))


def _with_base(base: Base, environment: Environment) -> Environment:
    """Give an environment with what it doesn't inherit."""
    commands = () if base.commands and base.inherited else base.commands or (_pytest_command(),)
    return replace(environment, commands=commands, extras=() if base.inherited else base.extras)


def _pytest_command() -> Command:
    return Command(("python", "-m", "pytest", _POSARGS))


def _on_flavour(command: Command) -> Command:
    """Give a command with `import plumpy` being the legacy flavour; one that doesn't run Python stays."""
    first, *rest = command.words or ("",)
    if isinstance(first, str) and (first == "-" or first.endswith(":")):
        # The mark of a command that may fail, or a factor.
        return Command((first, *_on_flavour(Command(tuple(rest))).words))
    if first in ("pytest", "py.test"):
        return Command(("python", *_FLAVOUR, "-m", "pytest", *rest))
    if first == "coverage" and rest[:1] == ["run"] and "-m" in rest:
        place = rest.index("-m")
        return Command((first, *rest[:place], *_FLAVOUR, *rest[place:]))
    if first in _PYTHONS and rest and rest[0] != "-c" and rest[:2] != ["-m", "pip"]:
        return Command((first, *_FLAVOUR, *rest))
    return command


def can_run(commands: Sequence[Command]) -> bool:
    """Say whether any of some commands is one that runs on the legacy flavour."""
    return not commands or any(_on_flavour(one) != one for one in commands)


def _kept_deps(base: Base, needs: Needs, pythons: Sequence[str]) -> List[Any]:
    """Give the project's own `deps` as they're fit for the legacy flavour: by name if there's nothing to leave out."""
    kept: List[Any] = []
    for entry in base.deps:
        kept += _fit(entry, needs, pythons) if isinstance(entry, str) else [entry]
    return list(base.own_deps) if kept == list(base.deps) else kept


def _fit(entry: str, needs: Needs, pythons: Sequence[str]) -> List[str]:
    """Give what is to stand in the place of a line of `deps`: the same, if there's nothing to leave out."""
    stated = _bare(entry)
    factor = entry[: len(entry) - len(stated)]
    file = included(stated)
    inside = requirements_file(needs, file) if file else [stated]
    fit = _kept(inside)
    if len(fit) == len(inside):
        return [entry]
    other = re.match(r"py(\d+):", factor)
    return [factor + one for one in fit] if other is None or other.group(1) in pythons else []


def _bare(entry: str) -> str:
    """Give a line of `deps` without the factor in front."""
    return re.sub(r"^[\w.,!{}-]+:\s+", "", entry)


def _kept(entries: Iterable[str]) -> List[str]:
    return [one for one in entries if requirement.leading_name(one) not in _REPLACED and _holds(one)]


def _holds(entry: str) -> bool:
    """Say whether a requirement is for Python 3 at all."""
    parsed = requirement.parse(entry)
    return parsed is None or parsed.marker is None or requirement.decide(str(parsed.marker), _OLDEST) is not False


def _pytest(base: Base, needs: Needs, tornado: str) -> List[str]:
    """Give what is to be said of pytest beside what the project says.

    :param tornado: empty for a recent one.
    """
    if base.commands and not any("pytest" in one.words or "py.test" in one.words for one in base.commands):
        return []
    if tornado and not pytest_without(base, needs, "8.2", "8.4", "9.0"):
        return [_COLLECTABLE]
    return [] if base.commands or tornado else ["pytest"]


def pytest_without(base: Base, needs: Needs, *versions: str) -> List[str]:
    """Give the requirements on pytest of the project's test environments that allow none of some versions."""
    asked = _kept([*needs.with_extras(base.extras), *(_bare(one) for one in base.deps if isinstance(one, str))])
    parsed = [(one, requirement.parse(one)) for one in asked if requirement.leading_name(one) == "pytest"]
    return [text for text, one in parsed if one is not None and not any(map(one.specifier.contains, versions))]


def is_guessed(needs: Needs) -> bool:
    """Say whether nothing is known of the old stack."""
    return not (needs.of("plumpy") or needs.of("tornado"))


def _plumpy(needs: Needs) -> str:
    """Give the version of plumpy that the old stack has; empty if the project has nothing to do with plumpy."""
    asked = needs.of("plumpy")
    if not asked and needs.of("tornado"):
        return ""
    version = _pick("plumpy", asked)
    if version is None or not re.match(r"0\.1[0-5]\.|0\.[0-9]\.", version):
        raise NothingToAdd(f"the project asks for {', '.join(asked)}, which is on asyncio already")
    return version


def _tornado(needs: Needs) -> str:
    return _pick("tornado", needs.of("tornado")) or _KNOWN["tornado"][0]


def _pick(name: str, stated: Sequence[str]) -> Optional[str]:
    """Give the version that is asked for, or else the best of those that are allowed."""
    allowed = [one.specifier for one in map(requirement.parse, stated) if one is not None and _holds(str(one))]
    exact = next((version for one in allowed for version in _exact(one)), None)
    if exact is not None:
        return exact
    return next((one for one in _KNOWN[name] if all(one in specifier for specifier in allowed)), None)


def _exact(specifier: SpecifierSet) -> List[str]:
    return [one.version for one in specifier if one.operator in ("==", "===") and not one.version.endswith(".*")]


def _pin(needs: Needs, name: str, version: str, extra: str) -> str:
    asked = {one for text in needs.of(name) for one in getattr(requirement.parse(text), "extras", ())}
    extras = sorted(asked | ({extra} if extra else set()))
    return f"{name}[{','.join(extras)}]=={version}" if extras else f"{name}=={version}"


def _digits(version: str, count: int) -> str:
    """Give a version as a factor has it."""
    return "".join(version.split(".")[:count])
