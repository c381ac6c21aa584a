"""Databases that somebody made up: every command that reads one ends soon, with a message."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
SECONDS = float(os.environ.get('SIMRUN_DAMAGED_SECONDS', '10'))
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASE = 'named/proxy-overlay-panics'
FORMATS = ['text', 'jsonl', 'csv', 'tap', 'junit', 'sarif', 'github', 'mtree', 'dot', 'html']

# A directory below "/" that holds something, and what names it.
INNER = "(SELECT child FROM node WHERE child IS NOT NULL AND name <> '/')"
AGAIN = 'UPDATE search_state SET result = 0; DELETE FROM search_item;'
LEVEL = '''
CREATE TEMP TABLE level AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})
    SELECT i, CAST(printf('%016d', i) AS BLOB) AS hash, CAST(printf('%016d', i + 1) AS BLOB) AS below FROM n;
'''
NODE = 'INSERT INTO node(dir, name, type, uid, gid, nlink, mountpoint, overlay, special, readdir, child) '
ALL_CASES = "UPDATE result SET tree = (SELECT hash FROM level WHERE i = 0) WHERE run = 2"

DAMAGE = {
    'a directory inside itself': AGAIN + 'UPDATE node SET child = dir WHERE child IN ' + INNER + " AND name <> '/'",
    'the root inside itself': AGAIN + "UPDATE node SET child = dir WHERE name = '/'",
    'two directories inside each other': AGAIN + LEVEL.format(last=2)
    + "INSERT INTO dir SELECT hash, 1, 9 - i FROM level;"
    + NODE + "SELECT hash, iif(i, 'd', '/'), 'dir', 0, 0, 1, 0, 0, 0, 1, iif(i < 2, below, (SELECT hash FROM level "
    "WHERE i = 1)) FROM level;" + ALL_CASES,
    'directories are missing': AGAIN + 'DELETE FROM dir WHERE hash IN ' + INNER,
    'nodes are missing': AGAIN + 'DELETE FROM node WHERE dir IN ' + INNER,
    'too few nodes counted': AGAIN + 'UPDATE dir SET nodes = 1, entries = 1',
    'too many nodes counted': AGAIN + 'UPDATE dir SET nodes = 9223372036854775807, entries = 9223372036854775807',
    'absurd depth': AGAIN + LEVEL.format(last=60000) + "INSERT INTO dir SELECT hash, 1, 60001 - i FROM level;"
    + NODE + "SELECT hash, iif(i, 'd', '/'), 'dir', i % 2, 0, 1, 0, 0, 0, 1, iif(i < 60000, below, NULL) FROM level;"
    + ALL_CASES,
    'absurd breadth': AGAIN + LEVEL.format(last=60) + "INSERT INTO dir SELECT hash, iif(i, 2, 1), 9999 - i FROM level;"
    + NODE + "SELECT hash, s.name, 'dir', 0, 0, 1, 0, 0, 0, 1, iif(i < 60, below, NULL) FROM level JOIN (SELECT '/' "
    "AS name UNION SELECT 'a' UNION SELECT 'b') s ON (s.name = '/') = (i = 0);" + ALL_CASES,
    'names that lead elsewhere': AGAIN + "UPDATE node SET name = '../' || name WHERE name <> '/'",
}

# What reads whole trees must refuse them; what does not may answer.
TREES = [['tree', CASE], ['report', 'mtree', CASE], ['report', 'jsonl'], ['explain', CASE, '/etc']]
OTHERS = [['show', CASE], ['diff'], ['diff', '--format', 'jsonl'], ['diff', '--case', CASE], ['search', 'mount*'],
          ['search', '--all-runs', 'etc'], ['query', 'tree-diff'], ['query', 'slowest'], ['first-bad'],
          ['first-bad', '--all'], ['first-bad', CASE], ['merge', 'other.db'], ['prune', '--keep', '1', '-n'],
          ['--db', 'third.db', 'merge', 'simrun.db'], ['--resume'], ['prune', '--keep', '1']]


class Damaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix='simrun-damaged-')
        cls.addClassCleanup(shutil.rmtree, cls.base)
        for name, more in (('simrun.db', []), ('simrun.db', ['--quirk', 'VQ-09=off']), ('other.db', [])):
            subprocess.run([SIMRUN, '--db', name, '-q', *more, os.path.join(SOURCE, 'corpus', 'named')], cwd=cls.base,
                           capture_output=True, timeout=300)

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-damaged-')
        self.addCleanup(shutil.rmtree, self.dir)
        for name in ('simrun.db', 'other.db'):
            source = sqlite3.connect(os.path.join(self.base, name))
            target = sqlite3.connect(os.path.join(self.dir, name))
            source.backup(target)
            source.close()
            target.close()

    def check(self, args):
        """Ends in time, by itself, with a message when it fails."""
        try:
            p = subprocess.run([SIMRUN, *args], cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.fail('%s does not end in %g s' % (args, SECONDS))
        self.assertIn(p.returncode, (0, 1, 2, 3), '%s\n%s' % (args, p.stderr))
        self.assertNotIn(b'Sanitizer', p.stderr, args)
        if p.returncode > 1:
            self.assertRegex(p.stderr, rb'simrun: .+', args)
        return p

    def damage(self, what):
        con = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
        con.executescript(DAMAGE[what])
        con.commit()
        con.close()

    def check_all(self, what):
        self.damage(what)
        for args in TREES:
            p = self.check(args)
            self.assertIn(p.returncode, (2, 3), '%s: %s\n%s' % (what, args, p.stdout[-2000:]))
            self.assertIn(b'damaged', p.stderr, args)
        for format in FORMATS:
            self.check(['report', format] + ([CASE] if format in ('mtree', 'dot') else []))
        for args in OTHERS:
            self.check(args)


def add(what):
    setattr(Damaged, 'test_' + what.replace(' ', '_'), lambda self: self.check_all(what))


for what in DAMAGE:
    add(what)

if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
