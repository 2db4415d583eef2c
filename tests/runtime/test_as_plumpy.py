"""Code that says `import plumpy` runs on this package: in interpreters of their own, for the import is global."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def python(*arguments: str, cwd: Any = None, path: Any = None) -> Any:
    """Run an interpreter, and give what it wrote and its exit code."""
    search = os.pathsep.join(str(one) for one in (path, ROOT) if one is not None)
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=str(cwd) if cwd is not None else None,
        env={**os.environ, "PYTHONPATH": search},
        timeout=120,
    )


def program(source: str, **options: Any) -> str:
    """Run a program that must succeed, and give what it wrote."""
    done = python("-c", textwrap.dedent(source), **options)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


INSTALL = "import plumpy_compat; plumpy_compat.install_as_plumpy()\n"


@pytest.fixture
def other_plumpy(tmp_path: Path) -> Path:
    """A folder with another package of the name `plumpy`, which stands for the real one."""
    package = tmp_path / "plumpy"
    package.mkdir()
    (package / "__init__.py").write_text("ORIGIN = 'the real one'\n")
    (package / "only_there.py").write_text("")
    return tmp_path


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A program of somebody who has never heard of this package."""
    path = tmp_path / "scripts" / "prog.py"
    path.parent.mkdir()
    (path.parent / "beside.py").write_text("NAME = 'a module beside the script'\n")
    path.write_text(
        textwrap.dedent(
            """
            import sys
            import beside
            import plumpy

            class Greeter(plumpy.Process):
                def run(self):
                    return 'hello'

            if __name__ == '__main__':
                process = Greeter()
                process.execute()
                print(process.result(), sys.argv[1:], beside.NAME, plumpy.__name__)
                print(plumpy.get_object_loader().load_object('__main__:Greeter') is Greeter)
                sys.exit(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
            """
        )
    )
    return path


# --- install_as_plumpy ------------------------------------------------------------------------------------------------


def test_all_modules_are_the_same_ones() -> None:
    written = program(
        INSTALL
        + """
import importlib, pkgutil, sys
import plumpy
assert plumpy is plumpy_compat
names = [one.name for one in pkgutil.walk_packages(plumpy_compat.__path__, "plumpy_compat.")]
others = ("plumpy_compat.as_plumpy", "plumpy_compat.audit", "plumpy_compat.legacy")  # programs, the other flavour
names = [name for name in names if not name.startswith(others)]
for name in names:
    other = "plumpy" + name[len("plumpy_compat"):]
    assert importlib.import_module(other) is sys.modules[other] is sys.modules[name], name
print(len(names))
"""
    )
    assert int(written) > 30


def test_every_form_of_import_gives_the_same_classes() -> None:
    program(
        INSTALL
        + """
import plumpy
import plumpy.base.state_machine
import plumpy.workchains as workchains
from plumpy import ports, Process
from plumpy.base import utils, state_machine
from plumpy.processes import Process as Again, ProcessStateMachineMeta
from plumpy.workchains import *
assert Process is Again is plumpy_compat.Process is plumpy.processes.Process
assert WorkChain is workchains.WorkChain is plumpy_compat.workchains.WorkChain
assert state_machine is plumpy.base.state_machine is plumpy_compat.base.state_machine
assert utils.super_check is plumpy_compat.base.utils.super_check
assert ports.UNSPECIFIED is plumpy.UNSPECIFIED
assert type(Process) is ProcessStateMachineMeta
"""
    )


def test_it_can_be_called_again() -> None:
    program(
        INSTALL
        + """
import plumpy
before = plumpy.Process
plumpy_compat.install_as_plumpy()
import plumpy as again
assert again is plumpy and again.Process is before
"""
    )


def test_it_takes_precedence_over_a_plumpy_that_is_installed(other_plumpy: Path) -> None:
    program(INSTALL + "import plumpy\nassert plumpy is plumpy_compat", path=other_plumpy)


def test_modules_that_only_the_other_plumpy_has_are_not_mixed_in(other_plumpy: Path) -> None:
    program(
        INSTALL
        + """
try:
    import plumpy.only_there
except ImportError:
    pass
else:
    raise SystemExit("imported")
""",
        path=other_plumpy,
    )


def test_it_refuses_if_another_plumpy_was_imported(other_plumpy: Path) -> None:
    written = program(
        """
        import plumpy, sys
        import plumpy_compat
        try:
            plumpy_compat.install_as_plumpy()
        except RuntimeError as error:
            print(error)
        assert sys.modules["plumpy"] is plumpy and plumpy.ORIGIN == "the real one"
        assert "plumpy.processes" not in sys.modules
        """,
        path=other_plumpy,
    )
    assert str(other_plumpy / "plumpy" / "__init__.py") in written
    assert "plumpy_compat.install_as_plumpy() before anything imports plumpy" in written
    assert "python -m plumpy_compat.as_plumpy" in written


def test_without_it_there_is_no_plumpy() -> None:
    program(
        """
        import plumpy_compat, sys
        assert not [name for name in sys.modules if name.partition(".")[0] == "plumpy"]
        """
    )


def test_plain_pickles_with_plumpys_names_load() -> None:
    program(
        INSTALL
        + """
import pickle, uuid
from plumpy.utils import AttributesFrozendict
from plumpy.persistence import Bundle, PersistedCheckpoint, PersistedPickle
value = PersistedPickle(PersistedCheckpoint(1, None), {"inputs": AttributesFrozendict(a=1)})
text = pickle.dumps(value, 0)
theirs = text.replace(b"plumpy_compat", b"plumpy")
assert theirs != text and b"plumpy_compat" not in theirs
loaded = pickle.loads(theirs)
assert loaded == value and type(loaded.bundle["inputs"]) is AttributesFrozendict
"""
    )


def test_plain_yaml_with_plumpys_names_loads() -> None:
    program(
        INSTALL
        + r"""
import yaml, plumpy
text = '''
!plumpy:Bundle
inputs: !!python/object:plumpy.utils.AttributesFrozendict {_dict: {a: 1}, _hash: null, _initialised: true}
listener: !!python/name:plumpy.process_listener.ProcessListener ''
state: !!python/object/apply:plumpy.process_states.ProcessState [waiting]
process: !!python/name:plumpy.processes.Process ''
pid: !uuid 00000000-0000-0000-0000-000000000007
'''
loaded = yaml.load(text, Loader=yaml.UnsafeLoader)
assert type(loaded) is plumpy.Bundle
assert loaded["inputs"] == {"a": 1} and loaded["inputs"].a == 1
assert loaded["listener"] is plumpy.ProcessListener and loaded["process"] is plumpy.Process
assert loaded["state"] is plumpy.ProcessState.WAITING and loaded["pid"].int == 7
"""
    )


def test_what_is_written_names_plumpy() -> None:
    program(
        INSTALL
        + """
import yaml, plumpy
process = plumpy.Process(inputs=None)
bundle = plumpy.Bundle(process)
text = yaml.dump(bundle)
assert "plumpy_compat" not in text, text
again = yaml.load(text, Loader=yaml.UnsafeLoader)
assert again == bundle
assert again.unbundle().pid == process.pid
"""
    )


def test_a_checkpoint_of_a_subclass_goes_through_files(tmp_path: Path) -> None:
    program(
        INSTALL
        + """
import plumpy
class Mine(plumpy.Process):
    def run(self):
        return plumpy.Wait(self.run)
persister = plumpy.PicklePersister("store")
process = Mine(pid=5)
persister.save_checkpoint(process)
assert persister.get_checkpoints() == [plumpy.PersistedCheckpoint(5, None)]
loaded = persister.load_checkpoint(5).unbundle()
assert type(loaded) is Mine and loaded.state is plumpy.ProcessState.CREATED
""",
        cwd=tmp_path,
    )


# --- python -m plumpy_compat.as_plumpy --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 3])
def test_runs_a_script_with_its_arguments_and_exit_code(script: Path, tmp_path: Path, code: int) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", str(script), str(code), "-m", cwd=tmp_path)
    assert done.returncode == code, done.stderr
    first, second = done.stdout.splitlines()
    assert first == f"hello ['{code}', '-m'] a module beside the script plumpy_compat"
    assert second == "True"


def test_runs_a_script_by_a_relative_path(script: Path) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", "prog.py", cwd=script.parent)
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "True"), done.stderr


def test_runs_a_module_of_the_current_folder(script: Path) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", "-m", "prog", "0", cwd=script.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "hello ['0'] a module beside the script plumpy_compat"


def test_runs_pytest_on_tests_that_import_plumpy(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(
        "import plumpy\n\ndef test_it():\n    assert plumpy.Process.__module__ == 'plumpy_compat.processes'\n"
    )
    done = python("-m", "plumpy_compat.as_plumpy", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_an_error_of_the_program_is_shown(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import plumpy\nraise ValueError('of the program')\n")
    done = python("-m", "plumpy_compat.as_plumpy", "bad.py", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ValueError: of the program"


@pytest.mark.parametrize("arguments", [[], ["-m"]])
def test_wrong_arguments_give_the_usage(arguments: Any) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "python -m plumpy_compat.as_plumpy -m pytest tests" in done.stderr


@pytest.mark.parametrize("argument", ["-h", "--help"])
def test_help_is_given(argument: str) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", argument)
    assert (done.returncode, done.stderr) == (0, "")
    assert "python -m plumpy_compat.as_plumpy script.py argument" in done.stdout


def test_an_unknown_option_gives_the_usage() -> None:
    done = python("-m", "plumpy_compat.as_plumpy", "--verbose", "script.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("as_plumpy: unknown option '--verbose'\n")
    assert "python -m plumpy_compat.as_plumpy script.py argument" in done.stderr


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", "pytest", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "as_plumpy: there is no file 'pytest'; for a module write -m pytest\n"


@pytest.mark.parametrize("name", ["no_such_module", "no_such.module", "json.no_such"])
def test_a_module_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    done = python("-m", "plumpy_compat.as_plumpy", "-m", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"as_plumpy: there is no module '{name}'\n")


def test_a_module_whose_package_misses_something_says_so_itself(tmp_path: Path) -> None:
    package = tmp_path / "broken"
    package.mkdir()
    (package / "__init__.py").write_text("import not_installed_at_all\n")
    (package / "tool.py").write_text("")
    done = python("-m", "plumpy_compat.as_plumpy", "-m", "broken.tool", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'not_installed_at_all'"
