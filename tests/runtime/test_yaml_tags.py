"""Bundles and what stands in them as YAML: what is written, and which of PyYAML's loaders read it."""

from __future__ import annotations

import subprocess
import sys
import uuid
from typing import Any, List

import pytest
import yaml

from plumpy_compat import exceptions, processes
from plumpy_compat.event_helper import EventHelper
from plumpy_compat.persistence import Bundle, Savable, SavableFuture, auto_persist
from plumpy_compat.process_listener import ProcessListener
from plumpy_compat.utils import AttributesDict, AttributesFrozendict, Frozendict
from tests.runtime.helpers import own_loop


def present(*names: str) -> List[Any]:
    return [pytest.param(getattr(yaml, name), id=name) for name in names if hasattr(yaml, name)]


dumpers = pytest.mark.parametrize("dumper", present("Dumper", "CDumper"))
readers = pytest.mark.parametrize(
    "reader", present("Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader")
)
safe_readers = pytest.mark.parametrize("reader", present("SafeLoader", "CSafeLoader", "BaseLoader"))


@auto_persist("value")
class Thing(Savable):
    def __init__(self, value: Any) -> None:
        self.value = value


class MyProcess(processes.Process):
    """A class that stands in YAML by its name."""


class MyListener(ProcessListener):
    """So does this one."""


NESTED = AttributesFrozendict(a=1, n=AttributesFrozendict(b=[2, {"c": (3, uuid.UUID(int=7))}]))


def test_a_bundle_has_a_tag() -> None:
    assert yaml.dump(Bundle(Thing(1))).splitlines()[0] == "!plumpy:Bundle"


def test_a_uuid_is_written_as_text() -> None:
    assert yaml.dump(uuid.UUID(int=7)) == "!uuid '00000000-0000-0000-0000-000000000007'\n"


def test_frozen_mappings_are_written_as_plumpy_writes_them() -> None:
    text = yaml.dump(AttributesFrozendict(a=1))
    assert text == (
        "!!python/object:plumpy.utils.AttributesFrozendict\n_dict:\n  a: 1\n_hash: null\n_initialised: true\n"
    )


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (MyProcess, f"{__name__}.MyProcess"),
        (MyListener, f"{__name__}.MyListener"),
        (ProcessListener, "plumpy.process_listener.ProcessListener"),
        (processes.Process, "plumpy.processes.Process"),
    ],
)
def test_classes_are_written_by_name(cls: type, name: str) -> None:
    assert yaml.dump(cls) == f"!!python/name:{name} ''\n"


def test_errors_of_ours_are_written_under_plumpys_name() -> None:
    text = yaml.dump(exceptions.KilledError("why"))
    assert text == "!!python/object/apply:plumpy.exceptions.KilledError\n- why\n"


@dumpers
@readers
@pytest.mark.parametrize(
    "value",
    [
        uuid.UUID(int=7), NESTED, Frozendict(a=[1]), AttributesDict(a={"b": 1}), Bundle(Thing(NESTED)), ProcessListener,
        {"plain": [1, "a", None, (1, 2), {3}]},
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_all_full_loaders_read_what_all_dumpers_write(dumper: Any, reader: Any, value: Any) -> None:
    read = yaml.load(yaml.dump(value, Dumper=dumper), Loader=reader)
    assert type(read) is type(value)
    assert read == value


@dumpers
@readers
@pytest.mark.parametrize(
    "error",
    [ValueError("a", 1), KeyError("k"), FileNotFoundError(2, "no", "/p"), exceptions.KilledError("k")],
    ids=repr,
)
def test_all_full_loaders_read_a_failed_future(dumper: Any, reader: Any, error: Exception) -> None:
    with own_loop() as loop:
        future = SavableFuture(loop=loop)
        future.set_exception(error)
        text = yaml.dump(Bundle(future), Dumper=dumper)
        future.exception()
        loaded = yaml.load(text, Loader=reader).unbundle().exception()
    assert type(loaded) is type(error)
    assert (loaded.args, str(loaded)) == (error.args, str(error))


@readers
def test_a_bundle_may_refer_to_itself(reader: Any) -> None:
    bundle = Bundle(Thing(1))
    bundle["self"] = bundle
    read = yaml.load(yaml.dump(bundle), Loader=reader)
    assert read["self"] is read


@readers
def test_what_is_shared_stays_shared(reader: Any) -> None:
    bundle = Bundle(Thing(1))
    bundle["a"] = bundle["b"] = [1]
    read = yaml.load(yaml.dump(bundle), Loader=reader)
    assert read["a"] is read["b"]


@readers
def test_event_helpers_are_read(reader: Any) -> None:
    text = yaml.dump(Bundle(EventHelper(ProcessListener)))
    assert "plumpy_compat" not in text
    assert yaml.load(text, Loader=reader).unbundle()._listener_type is ProcessListener


@readers
def test_uuids_that_plumpy_wrote_before_0_25_are_read(reader: Any) -> None:
    assert yaml.load("!!python/object:uuid.UUID {int: 7}", Loader=reader) == uuid.UUID(int=7)


@safe_readers
@pytest.mark.parametrize("value", [Bundle(Thing(1)), uuid.UUID(int=7), NESTED], ids=lambda one: type(one).__name__)
def test_safe_loaders_were_taught_nothing(reader: Any, value: Any) -> None:
    text = yaml.dump(value)
    if reader is yaml.BaseLoader:
        assert type(yaml.load(text, Loader=reader)) in (dict, str)
    else:
        with pytest.raises(yaml.constructor.ConstructorError):
            yaml.load(text, Loader=reader)


def test_safe_dumpers_were_taught_nothing() -> None:
    with pytest.raises(yaml.representer.RepresenterError):
        yaml.safe_dump(uuid.UUID(int=7))


@pytest.mark.parametrize("reader", present("FullLoader", "CFullLoader"))
@pytest.mark.parametrize("tag", ["os.system", "builtins.eval", "builtins.SystemExit", f"{__name__}.Thing"])
def test_full_loaders_still_call_nothing_else(reader: Any, tag: str) -> None:
    with pytest.raises(yaml.constructor.ConstructorError):
        yaml.load(f"!!python/object/apply:{tag} ['true']", Loader=reader)


@readers
def test_no_names_of_this_package_get_into_yaml(reader: Any) -> None:
    with own_loop():
        process = MyProcess(pid=uuid.UUID(int=1), inputs=None)
        text = yaml.dump(Bundle(process))
        assert "plumpy_compat" not in text
        assert yaml.load(text, Loader=reader).unbundle().pid == uuid.UUID(int=1)


@pytest.mark.parametrize(
    "imports",
    [
        "import plumpy_compat, sys; assert 'yaml' not in sys.modules; import yaml",
        "import yaml, plumpy_compat",
        "import plumpy_compat; from yaml import Dumper; import yaml",
        "import plumpy_compat; import plumpy_compat.checkpoints.exception_text; import yaml",
        "import sys; sys.modules['yaml'] = None; import plumpy_compat; del sys.modules['yaml']; import yaml",
    ],
)
def test_the_tags_are_known_whoever_imports_yaml_first(imports: str) -> None:
    program = (
        f"{imports}; import uuid; print(yaml.dump(plumpy_compat.Process).split()[0]); one = uuid.UUID(int=7);"
        " print(yaml.load(yaml.dump(one), Loader=yaml.FullLoader) == one, yaml.dump(one).split()[0]);"
        " print(type(yaml.__loader__).__name__, yaml.__spec__.loader is yaml.__loader__)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    told = ["!!python/name:plumpy.processes.Process", "True", "!uuid", "SourceFileLoader", "True"]
    assert ran.stdout.split() == told
