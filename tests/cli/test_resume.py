"""Runs that are killed at random moments: the database stays sound, --resume finishes them, and nothing tells them from
runs that nobody disturbed. SIMRUN_KILLS: how many (default 8); SIMRUN_SEED: of the moments."""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

SIMRUN = None
KILLS = int(os.environ.get('SIMRUN_KILLS', '8'))
SEED = int(os.environ.get('SIMRUN_SEED', '0')) or random.SystemRandom().randrange(1, 2**31)
TIMES = {'run': ('started', 'ended'), 'result': ('duration_ns',), 'attempt': ('duration_ns',)}
VARIANTS = ([], ['-j1'], ['-j3', '--shuffle', '--seed', '5'], ['--repeat', '2'], ['--shard', '2/3'],
            ['--gofer', 'process'])


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def alive(pid):
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except OSError:
        return False


class Killed(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-resume-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_it(self, *args):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True, timeout=600)
        self.assertEqual(p.returncode, 0, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def remove_db(self):
        for end in ('', '-wal', '-shm', '-journal', '-lock'):
            if os.path.exists(self.path('x.db' + end)):
                os.unlink(self.path('x.db' + end))

    def make_suite(self):
        """So many cases that a run takes about a second, whatever this build and machine."""
        def generate(count):
            with open(self.path('g.jsonl'), 'w') as f:
                subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', str(count)], stdout=f,
                               check=True)
        generate(300)
        start = time.monotonic()
        self.run_it('--db', 'x.db', '-q', 'g.jsonl')
        self.remove_db()
        rate = 300 / (time.monotonic() - start)
        generate(max(300, min(6000, int(rate))))

    def dump(self):
        """All that the database holds, but times, as sorted rows by table."""
        tables = {}
        with sqlite3.connect(self.path('x.db')) as db:
            db.text_factory = bytes
            rows = db.execute("select name, sql from sqlite_schema where type = 'table'").fetchall()
            rows = [(name.decode(), (sql or b'').upper()) for name, sql in rows]
            virtual = [name for name, sql in rows if sql.startswith(b'CREATE VIRTUAL')]
            for name, sql in rows:
                if name.startswith('sqlite_') or any(name.startswith(v) for v in virtual):
                    continue
                columns = [c[1].decode() for c in db.execute('pragma table_info("%s")' % name)]
                columns = [c for c in columns if c not in TIMES.get(name, ())]
                tables[name] = sorted(map(repr, db.execute(
                    'select %s from "%s"' % (', '.join('"%s"' % c for c in columns), name))))
        db.close()
        return tables

    def check_sound(self):
        db = sqlite3.connect(self.path('x.db'))
        self.assertEqual(db.execute('pragma integrity_check').fetchall(), [('ok',)])
        self.assertEqual(db.execute('pragma foreign_key_check').fetchall(), [])
        exists = db.execute("select count(*) from sqlite_schema where name = 'run'").fetchone()[0]
        runs = exists and db.execute(
            'select state, (select count(*) from plan where run = run.id), '
            '(select count(*) from result where run = run.id) from run').fetchall()
        db.close()
        return runs or []

    def kill_at(self, moment, *args):
        """Starts it, kills it; the workers must go with it. False when it had ended before."""
        p = subprocess.Popen([SIMRUN, '--db', 'x.db', '-q', *args], cwd=self.dir,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            p.wait(timeout=moment)
            return False
        except subprocess.TimeoutExpired:
            pass
        workers = children(p.pid)
        workers += [grandchild for worker in workers for grandchild in children(worker)]
        p.send_signal(signal.SIGKILL)
        p.wait()
        end = time.monotonic() + 10
        while any(alive(w) for w in workers) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual([w for w in workers if alive(w)], [])
        return True

    def finish(self, args):
        """One way or the other: what stands in the file decides."""
        if not os.path.exists(self.path('x.db')):
            return self.run_it('--db', 'x.db', '-q', *args)
        runs = self.check_sound()
        self.assertLessEqual(len(runs), 1)
        if not runs:
            return self.run_it('--db', 'x.db', '-q', *args)
        self.assertGreater(runs[0][1], 0)
        if runs[0][0] != 'finished':
            self.run_it('--resume', '--db', 'x.db', '-q')
            return None
        self.assertEqual(runs[0][1], runs[0][2])
        return None

    def test_killed_runs_are_finished_as_if_nothing_had_happened(self):
        print('seed %d, %d kills' % (SEED, KILLS), file=sys.stderr)
        rng = random.Random(SEED)
        self.make_suite()
        references, killed, resumed, kept = {}, 0, 0, []
        while killed < KILLS:
            variant = VARIANTS[killed % len(VARIANTS)]
            args = [*variant, 'g.jsonl']
            if killed % len(VARIANTS) not in references:
                self.remove_db()
                start = time.monotonic()
                self.run_it('--db', 'x.db', '-q', *args)
                references[killed % len(VARIANTS)] = (self.dump(), time.monotonic() - start)
            want, seconds = references[killed % len(VARIANTS)]
            self.remove_db()
            if not self.kill_at(rng.uniform(0, seconds), *args):
                continue
            killed += 1
            if os.path.exists(self.path('x.db')):
                runs = self.check_sound()
                if runs and runs[0][0] != 'finished':
                    resumed += 1
                    kept.append(runs[0][2] / max(1, runs[0][1]))
                    if rng.random() < 0.3 and self.kill_at(rng.uniform(0, seconds / 2), '--resume'):
                        self.check_sound()
            self.finish(args)
            self.assertEqual(self.check_sound()[0][0], 'finished')
            got = self.dump()
            self.assertEqual(list(got), list(want))
            for table in want:
                self.assertEqual(got[table], want[table], 'table %s, %s' % (table, variant))
        print('%d killed, %d of them resumed; recorded before: %d to %d %%' %
              (killed, resumed, 100 * min(kept, default=0), 100 * max(kept, default=0)),
              file=sys.stderr)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
