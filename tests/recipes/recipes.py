"""What tests of recipes share: a scratch directory with cases, the run in one piece, and how runs are compared."""
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECIPES = os.path.join(SOURCE, 'recipes')
# Everything that a run says about a case, but how long it took.
RESULTS = '''SELECT name, result, status, bad, flaky, error, nodes, fds_left, leaks, log, input, tree, mounts
             FROM case_result WHERE run = ? ORDER BY name'''
# Fails in both runs alike: a verdict must come through all the machinery.
WRONG = '{"id": "wrong/%d", "spec": {"ociVersion": "1.0.0", "root": {"path": "@rootfs"}}, "expect": {"result": "panic"}}\n'


class Recipe(unittest.TestCase):
    simrun = None

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix='simrun-recipes-')
        cls.addClassCleanup(shutil.rmtree, cls.base)
        os.symlink(os.path.join(SOURCE, 'corpus'), os.path.join(cls.base, 'corpus'))
        with open(os.path.join(cls.base, 'wrong.jsonl'), 'w') as f:
            f.writelines(WRONG % i for i in range(3))
        for name, code, *paths in (('one.db', 0, 'corpus'), ('wrong.db', 1, 'corpus/named', 'wrong.jsonl')):
            p = subprocess.run([cls.simrun, '-q', '--db', name, *paths], cwd=cls.base, capture_output=True, text=True)
            if p.returncode != code:
                raise AssertionError(p.stderr)

    def setUp(self):
        self.dir = os.path.join(self.base, self._testMethodName)
        os.mkdir(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def environment(self, **more):
        return {**os.environ, 'SIMRUN': self.simrun, 'SIMRUN_RECIPES': RECIPES,
                'PATH': os.path.dirname(self.simrun) + ':' + os.environ['PATH'], **more}

    def run_it(self, *args, code=0, **variables):
        p = subprocess.run(args, cwd=self.base, env=self.environment(**variables), capture_output=True, text=True,
                           timeout=600)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def ask(self, db, sql, *more):
        con = sqlite3.connect(os.path.join(self.base, db))
        try:
            return con.execute(sql, more).fetchall()
        finally:
            con.close()

    def assert_same_run(self, merged, whole, parts):
        """One finished run of as many parts, and every case as in the run in one piece."""
        run, = self.ask(merged, 'SELECT id, state, shard_index, shard_count FROM run')
        self.assertEqual(run[1:], ('finished', 0, 0))
        self.assertEqual(self.ask(merged, 'SELECT count(*) FROM run_part')[0][0], parts)
        expected = self.ask(whole, RESULTS, 1)
        self.assertGreater(len(expected), 20)
        self.assertEqual(self.ask(merged, RESULTS, run[0]), expected)
        # The trees behind the hashes are there, too.
        lost = 'SELECT count(*) FROM result WHERE tree IS NOT NULL AND tree NOT IN (SELECT hash FROM dir)'
        self.assertEqual(self.ask(merged, lost), [(0,)])
