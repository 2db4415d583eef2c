"""SIX104: `string_types`, `integer_types` and `class_types`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Rewrites, cases, check_becomes, expressions

REWRITES: Rewrites = {
    **expressions(
        {
            "isinstance(y, six.string_types)": "isinstance(y, str)",
            "isinstance(y, six.integer_types)": "isinstance(y, int)",
            "issubclass(y, six.class_types)": "issubclass(y, type)",
            "isinstance(y, (int, six.string_types))": "isinstance(y, (int, str))",
            "isinstance(y, (six.string_types, six.integer_types))": "isinstance(y, (str, int))",
            "isinstance(y, (str, six.text_type))": "isinstance(y, str)",
            "isinstance(y, (str, six.string_types, six.text_type, ))": "isinstance(y, str)",
            "isinstance(y, (six.text_type, six.binary_type))": "isinstance(y, (str, bytes))",
            "isinstance(y, (six.string_types, float, str))": "isinstance(y, (str, float))",
            "isinstance(y, six.string_types + (Number,))": "isinstance(y, (str, Number))",
            "isinstance(y, (list,) + six.string_types)": "isinstance(y, (list, str))",
            "isinstance(y, six.integer_types + six.string_types)": "isinstance(y, (int, str))",
            "six.string_types + (Number,) + rest": "(str, Number) + rest",
            "(int,) + six.string_types + (float,)": "(int, str, float)",
            "six.string_types + (int,) + (float, list)": "(str, int, float, list)",
            "(int,) + (six.string_types + (float,))": "(int, str, float)",
            "(int,) + (float,) + six.string_types": "(int, float, str)",
            "(str, bytes) + six.string_types": "(str, bytes) + (str,)",
            "isinstance(y, (str, bytes) + six.string_types)": "isinstance(y, (str, bytes))",
            "isinstance(y, (str,) + six.string_types)": "isinstance(y, str)",
            "isinstance(y, six.string_types + (int,) + six.integer_types)": "isinstance(y, (str, int))",
            "isinstance(y, (a, *a, six.string_types, str))": "isinstance(y, (a, *a, str))",
            "isinstance(y, six.string_types + (six.text_type, bytes))": "isinstance(y, (str, bytes))",
            "() + six.string_types": "(str,)",
            "rest + six.string_types": "rest + (str,)",
            "six.string_types[0]": "str",
            "convert.register(six.string_types[0])": "convert.register(str)",
            "(int, *six.string_types, float)": "(int, *(str,), float)",
            "list(six.string_types)": "list((str,))",
            "tuple(six.string_types)": "tuple((str,))",
            "f(*six.integer_types)": "f(*(int,))",
            "six.string_types": "(str,)",
            "type(y) in six.string_types": "type(y) in (str,)",
            "[t for t in six.class_types]": "[t for t in (type,)]",
            "{six.string_types: 1}": "{(str,): 1}",
            "six.string_types if y else six.integer_types": "(str,) if y else (int,)",
            "self.assertIsInstance(y, six.string_types)": "self.assertIsInstance(y, str)",
            "type_check(y, six.string_types)": "type_check(y, str)",
            "spec.input('y', valid_type=six.string_types)": "spec.input('y', valid_type=str)",
            "spec.input('y', valid_type=(six.string_types, int))": "spec.input('y', valid_type=(str, int))",
            "validate(y, six.string_types)": "validate(y, (str,))",
            "isinstance(y, (six.string_types, # text\n    float))": "isinstance(y, (str, # text\n    float))",
            "isinstance(y, (basestring, six.string_types))": "isinstance(y, (basestring, str))",
        }
    ),
    "annotations": (
        "import six\n\ndef f(y: six.string_types) -> six.integer_types:\n    z: six.text_type = y\n",
        "def f(y: str) -> int:\n    z: str = y\n",
    ),
    "layout": (
        "import six\n\nisinstance(\n    y,\n    six.string_types,\n)\n",
        "isinstance(\n    y,\n    str,\n)\n",
    ),
    "by name": (
        "from six import string_types, integer_types as ints\n\nx = isinstance(y, string_types), isinstance(y, ints)\n",
        "x = isinstance(y, str), isinstance(y, int)\n",
    ),
    "parameter with the type's name": (
        "import six\n\ndef f(str):\n    return isinstance(str, six.string_types)\n",
        "import builtins\n\ndef f(str):\n    return isinstance(str, builtins.str)\n",
    ),
}

WITH_SETTING = expressions(
    {
        "validate(y, six.string_types)": "validate(y, str)",
        "self.check(y, six.string_types + (int,))": "self.check(y, (str, int))",
        "other(y, six.string_types)": "other(y, (str,))",
    }
)


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(WITH_SETTING)
def test_functions_that_take_types(case: Tuple[str, str]) -> None:
    check_becomes(case, isinstance_like=("validate", "check"))
