# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import unicode_literals

import doctest
import sys
import unittest

import six
from six.moves import range, zip

import oddments
from oddments import bags, bom, branches, compat, continued, errors, latin, pages, tables, text
from oddments.tables import Sorted, Table

try:
    from unittest import mock
except ImportError:
    import mock


class CompatTest(unittest.TestCase):

    def test_star(self):
        self.assertEquals(oddments.textual, six.text_type)
        self.assertEquals(oddments.binary, six.binary_type)
        self.assertIn('Table', oddments.__all__)
        self.assertIs(oddments.pickle.loads(oddments.pickle.dumps(None)), None)
        self.assertTrue(issubclass(dict, oddments.Mapping))

    def test_to_native(self):
        self.assertIsInstance(compat.to_native(b'tea'), str)
        self.assertIsInstance(compat.to_native('tea'), str)
        self.assertEqual(compat.PY2, sys.version_info[0] == 2)


class BranchesTest(unittest.TestCase):

    def test_series(self):
        self.assertEqual(branches.SERIES, 'last')
        stream = branches.Text()
        stream.write('one\ntwo')
        reader = branches.Reader(stream)
        self.assertFalse(reader.ended)
        self.assertEqual(next(reader), 'one')
        self.assertEqual(list(reader), ['two'])
        reader.close()
        self.assertTrue(reader.ended)

    def test_quote(self):
        self.assertEqual(branches.quote("it's"), """'it'"'"'s'""")

    def test_keys(self):
        self.assertEqual(branches.keys({'b': 1, 'a': 2}), ['a', 'b'])

    def test_kind(self):
        values = [True, 3, 2 ** 70, 'text', b'data', None, int, [], 1.5]
        self.assertEqual([branches.kind(value) for value in values],
                         ['flag', 'number', 'number', 'text', 'text', 'other', 'other', 'unknown', 'unknown'])
        self.assertTrue(all(isinstance(number, six.integer_types) for number in range(2)))


class TextTest(unittest.TestCase):

    def test_doctests(self):
        for module in (pages, text):
            failed, tried = doctest.testmod(module)
            self.assertEqual(failed, 0)
            self.assertGreater(tried, 0)

    def test_literals(self):
        self.assertEqual(text.snow() * 2, continued.snow())
        self.assertEqual(continued.magic(), text.MAGIC)
        self.assertEqual(text.MAGIC, b'\x89odd')

    def test_moves(self):
        self.assertEqual(text.host('http://a.org:80/path'), 'a.org%3A80')
        self.assertEqual(text.render('one', 'two'), 'one;two;')
        self.assertTrue(text.has('len'))
        self.assertFalse(text.has('no such name'))

    def test_patched(self):
        with mock.patch('six.moves.builtins.divmod', return_value=7):
            self.assertEqual(divmod(7, 2), 7)
        self.assertEqual(divmod(7, 2), (3, 1))

    def test_division(self):
        self.assertEqual(text.half(3), 1.5)

    def test_latin(self):
        self.assertEqual(latin.greet('du'), 'Gr\xfc\xdfe, du')
        self.assertEqual(latin.greet(b'caf\xe9'), 'Gr\xfc\xdfe, caf\xe9')
        self.assertEqual(latin.codes(), [0xdf, 0xe9, 0xfc])

    def test_bom(self):
        self.assertEqual(bom.first({'b': 1, 'a': 2}), 2)
        self.assertIsNone(bom.first({}))

    def test_pages(self):
        found = pages.paginate(list('abcde'), 2)
        self.assertEqual([six.text_type(page) for page in found], ['- 1 -', '- 2 -', '- 3 -'])
        self.assertEqual(pages.total(found), 5)


class TablesTest(unittest.TestCase):

    def setUp(self):
        self.table = Table([('x', [1, 2, 4]), ('name', ['c', 'a', 'b'])])

    def test_rows(self):
        self.assertEqual(list(self.table.rows()), [(1, 'c'), (2, 'a'), (4, 'b')])
        self.assertEqual(len(self.table), 3)
        self.assertEqual(self.table.first(), ('x', [1, 2, 4]))
        self.assertEqual(self.table.longest(), 'x')
        self.assertEqual(self.table.by('name', 'x'), [['c', 1], ['a', 2], ['b', 4]])

    def test_division(self):
        self.assertAlmostEquals(self.table.mean('x'), 7 / 3.0)
        self.assertIsNone(Table([('x', [])]).mean('x'))
        halves = Table([('x', [1, 2])]).__truediv__(2)
        self.assertEqual(list(halves.rows()), [(0.5,), (1.0,)])

    def test_abstract(self):
        self.assertRaises(TypeError, tables.Base)
        self.assertRaisesRegexp(errors.TableError, 'colour', self.table.column, 'colour')

    def test_sorted(self):
        class ByName(Sorted):
            key = 'name'

        self.assertEqual([name for _, name in ByName(self.table.items()).rows()], ['a', 'b', 'c'])

    def test_copy(self):
        copy = self.table.copy()
        self.assertIsNot(copy, self.table)
        self.assertEqual(list(zip(copy.rows(), self.table.rows()))[0], ((1, 'c'), (1, 'c')))


class ErrorsTest(unittest.TestCase):

    def test_wrap(self):
        self.assertEqual(errors.wrap(int, '3'), 3)
        self.assertRaises(errors.OddError, errors.wrap, int, 'three')

    def test_later(self):
        collected = errors.Collected()
        collected.raise_first()
        try:
            errors.wrap(int, 'three')
        except errors.OddError as error:
            if six.PY3:
                self.assertIsInstance(error.__cause__, ValueError)
            collected.add()
        self.assertRaises(errors.OddError, collected.raise_first)


class BagsTest(unittest.TestCase):

    def test_parse(self):
        parsed = bags.parse(['a=1', 'rest', 'b=x=y'])
        self.assertEqual((parsed.a, parsed.b, parsed.rest, parsed.color), ('1', 'x=y', ['rest'], bags.Color.RED))
        self.assertFalse(hasattr(parsed, 'c'))

    def test_merged(self):
        merged = bags.merged(bags.defaults(), bags.by_hand())
        self.assertEqual((merged.verbose, merged.name, merged.level, merged.names), (False, 'nobody', 3, ['a', 'b']))
