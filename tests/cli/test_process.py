"""What the surroundings give the process, or not: descriptors, limits, a database that somebody else holds."""
import csv
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

SIMRUN = None


class Process(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-process-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_it(self, *args, before=None, close_fds=True):
        return subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True,
                              timeout=300, preexec_fn=before, close_fds=close_fds)

    def generated(self, count):
        with open(self.path('g.jsonl'), 'w') as f:
            subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', str(count)], stdout=f,
                           check=True)

    def rows(self, sql, db='simrun.db'):
        connection = sqlite3.connect(self.path(db))
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    # ---------------------------------------------------------------------------- standard streams

    def test_what_was_closed_is_not_taken_for_something_else(self):
        self.generated(60)
        p = self.run_it('--report', 'csv=x.csv', 'g.jsonl', before=lambda: os.close(1))
        self.assertEqual((p.returncode, p.stderr),
                         (3, 'simrun: standard output: bad file descriptor\n'))
        self.assertEqual(self.rows('select state, (select count(*) from result) from run'),
                         [('finished', 60)])
        with open(self.path('x.csv'), newline='') as f:
            self.assertEqual(len(list(csv.reader(f))), 61)

    def test_without_any_stream_the_database_is_as_with_them(self):
        self.generated(60)
        p = self.run_it('g.jsonl', before=lambda: (os.close(0), os.close(1), os.close(2)))
        self.assertEqual((p.returncode, p.stdout, p.stderr), (3, '', ''))
        self.assertEqual(self.run_it('-q', 'g.jsonl').returncode, 0)
        runs = [self.rows('select name, result, error, log, tree, mounts from result '
                          'where run = %d order by name' % run) for run in (1, 2)]
        self.assertEqual(len(runs[0]), 60)
        self.assertEqual(runs[0], runs[1])

    def test_a_closed_standard_input_is_no_suite(self):
        p = self.run_it('-', before=lambda: os.close(0))
        self.assertEqual((p.returncode, p.stderr), (2, 'simrun: -: bad file descriptor\n'))

    # ------------------------------------------------------------------------------------- waiting

    def start(self, *args):
        p = subprocess.Popen([SIMRUN, *args], cwd=self.dir, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        self.addCleanup(p.communicate)
        self.addCleanup(p.kill)
        return p

    def has_workers(self, p):
        try:
            with open('/proc/%d/task/%d/children' % (p.pid, p.pid)) as f:
                return f.read() != ''
        except OSError:
            return False

    def test_who_waits_for_a_database_can_be_ended(self):
        self.generated(5)
        self.assertEqual(self.run_it('-q', 'g.jsonl').returncode, 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            other = sqlite3.connect(self.path('simrun.db'), isolation_level=None)
            other.execute('begin immediate')
            p = self.start('-q', 'g.jsonl')
            end = time.monotonic() + 30
            while not self.has_workers(p) and time.monotonic() < end:
                time.sleep(0.01)
            p.send_signal(number)
            p.wait(timeout=5)
            self.assertEqual(p.returncode, -number)
            other.close()

    def test_a_database_that_goes_away_is_an_error(self):
        self.generated(3000)
        p = self.start('-q', 'g.jsonl')
        end = time.monotonic() + 30
        while not os.path.exists(self.path('simrun.db-wal')) and time.monotonic() < end:
            time.sleep(0.01)
        os.unlink(self.path('simrun.db'))
        p.wait(timeout=120)
        self.assertEqual(p.returncode, 3)
        self.assertIn('simrun.db: the file was removed', p.stderr.read())

    def test_results_do_not_wait_in_memory_for_a_long_case(self):
        self.generated(20)
        wide = {'id': 'wide', 'spec': {'root': {'path': '@rootfs'}},
                'rootfs': [{'path': 'd/f%06d' % i, 'type': 'file', 'mode': '0644'}
                           for i in range(150000)]}
        with open(self.path('g.jsonl'), 'a') as f:
            f.write(json.dumps(wide) + '\n')
        p = self.start('-q', '-j1', 'g.jsonl')
        end, n = time.monotonic() + 60, 0
        while n == 0 and p.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
            if os.path.exists(self.path('simrun.db-wal')):
                n = self.rows('select count(*) from result')[0][0]
        self.assertEqual(n, 20)
        self.assertIsNone(p.poll())

    # -------------------------------------------------------------------------------------- limits

    def test_a_limit_of_file_size_is_an_error_of_the_database(self):
        self.generated(400)
        most = 1 << 20
        p = self.run_it('g.jsonl',
                        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
        self.assertEqual(p.returncode, 3, p.stderr)
        self.assertRegex(p.stderr, r'^simrun: simrun\.db: cannot store a batch: .*\n$')
        self.assertEqual(self.rows('select state from run'), [('interrupted',)])
        self.assertEqual(self.run_it('-q', '--resume').returncode, 0)
        self.assertEqual(self.rows('select state, (select count(*) from result) from run'),
                         [('finished', 400)])

    def test_the_first_limit_of_descriptors_decides_no_result(self):
        mounts = 200
        case = {'id': 'many', 'rootfs': [{'path': 'm%d' % i, 'type': 'dir', 'mode': '0755'}
                                         for i in range(mounts)],
                'sources': {'dir0': []},
                'spec': {'root': {'path': '@rootfs'}, 'mounts': [
                    {'destination': '/m%d' % i, 'type': 'bind', 'source': '@dir0'}
                    for i in range(mounts)]}}
        with open(self.path('s.jsonl'), 'w') as f:
            f.write(json.dumps(case) + '\n')
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        for number, limit in enumerate([(64, hard), (64, 64)], 1):
            self.run_it('s.jsonl', before=lambda limit=limit: resource.setrlimit(
                resource.RLIMIT_NOFILE, limit))
            (result, error), = self.rows('select result, cast(data as text) from result left join '
                                         'blob on hash = error where run = %d' % number)
            if limit[1] > 64:
                self.assertEqual((result, error), ('ok', ''))
            else:
                self.assertEqual(result, 'unsupported')
                self.assertIn('too many open files', error)
                self.assertIn('ulimit -n', error)

    def test_without_descriptors_for_workers_the_harness_fails(self):
        self.generated(5)
        p = self.run_it('g.jsonl', before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)))
        self.assertEqual((p.returncode, p.stderr), (3, 'simrun: workers: too many open files\n'))


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
