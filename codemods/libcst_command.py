"""The rules as a codemod for LibCST's own runner.

For those who have a pipeline of LibCST codemods already::

    python -m libcst.tool codemod --no-format -x codemods.libcst_command.MigrateCommand --rules SIX,FUT101 PATH

The runner looks at one file at a time, so rules that ask about the project get the usual answers: an import that
another module takes from here is dropped all the same. `plumpy-migrate` knows the whole project.
"""

from __future__ import annotations

import argparse
from typing import Optional

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from codemods.engine import run_source
from codemods.findings import Outcome
from codemods.settings import Settings


class MigrateCommand(CodemodCommand):
    """Applies the rules to each file, and warns about what is left to do.

    :param rules: codes or families, separated by commas; by default the default set.
    """

    DESCRIPTION = "Move Python 2/3 straddling sources to Python 3, as plumpy-migrate does file by file."

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add the option ``--rules``."""
        arg_parser.add_argument(
            "--rules", metavar="CODES", default=None, help="Codes or families to run, separated by commas."
        )

    def __init__(self, context: CodemodContext, rules: Optional[str] = None) -> None:
        super().__init__(context)
        select = tuple(code.strip() for code in (rules or "").split(",") if code.strip())
        self._settings = Settings(select=select)

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The migrated module.

        :raises SkipFile: if the file can't be processed.
        """
        result = run_source(tree.bytes, self.context.filename or "module.py", self._settings)
        for finding in result.findings:
            if finding.outcome is Outcome.ERROR:
                raise SkipFile(finding.message)
            if finding.outcome is Outcome.LEFT:
                self.warn(f"{finding.line}:{finding.column} {finding.rule} {finding.message}: {finding.advice}")
        return tree if result.after is None else cst.parse_module(result.after)
