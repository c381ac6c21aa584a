"""The runner's options on the real binary: shards, orders, attempts, signals, crashes, documents of what ran."""
import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

SIMRUN = None
CLEAN = {k: v for k, v in os.environ.items()
         if not k.startswith(('TEST_', 'SLURM_', 'JOB_COMPLETION', 'XML_OUTPUT'))}


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


class Driver(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-driver-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def content(self, name):
        with open(self.path(name), 'rb') as f:
            return f.read()

    def run_it(self, *args, code=0, env=None):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True,
                           timeout=300, env=dict(CLEAN, **(env or {})))
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def rows(self, sql, db='simrun.db'):
        connection = sqlite3.connect(self.path(db))
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    def generated(self, count, name='g.jsonl'):
        with open(self.path(name), 'w') as f:
            subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', str(count)], stdout=f,
                           check=True)
        return name

    # ------------------------------------------------------------------------------------- shards

    def test_shards_of_every_kind_are_the_same_parts(self):
        self.generated(40)
        ways = {
            'flag': lambda i: (['--shard', '%d/3' % (i + 1)], {}),
            'bazel': lambda i: ([], {'TEST_SHARD_INDEX': str(i), 'TEST_TOTAL_SHARDS': '3',
                                     'TEST_SHARD_STATUS_FILE': self.path('status')}),
            'slurm': lambda i: ([], {'SLURM_ARRAY_TASK_ID': str(5 + 2 * i),
                                     'SLURM_ARRAY_TASK_COUNT': '3', 'SLURM_ARRAY_TASK_MIN': '5',
                                     'SLURM_ARRAY_TASK_MAX': '9', 'SLURM_ARRAY_TASK_STEP': '2'}),
            'kubernetes': lambda i: (['--shard-count', '3'], {'JOB_COMPLETION_INDEX': str(i)}),
        }
        for way, make in ways.items():
            for i in range(3):
                args, env = make(i)
                p = self.run_it('--db', way + '.db', *args, 'g.jsonl', env=env)
                self.assertIn('simrun: shard %d/3 (' % (i + 1), p.stderr)
        self.assertTrue(os.path.exists(self.path('status')))
        parts = [self.rows('select shard_index, shard_count, name from run join result '
                           'on run.id = run order by 1, 3', way + '.db') for way in ways]
        self.assertEqual(len({name for _, _, name in parts[0]}), 40)
        self.assertEqual([sum(1 for r in parts[0] if r[0] == i) for i in (1, 2, 3)], [14, 13, 13])
        for other in parts[1:]:
            self.assertEqual(parts[0], other)

    def test_a_bazel_test_gets_its_xml_file(self):
        self.generated(10)
        self.run_it('--no-db', 'g.jsonl',
                    env={'XML_OUTPUT_FILE': self.path('out.xml'), 'TEST_SHARD_INDEX': '1',
                         'TEST_TOTAL_SHARDS': '2'})
        self.assertEqual(len(xml.parse(self.path('out.xml')).findall('.//testcase')), 5)

    # ------------------------------------------------------------------------- orders and attempts

    def test_neither_order_nor_attempts_change_what_is_recorded(self):
        self.generated(120)
        self.run_it('g.jsonl')
        p = self.run_it('--shuffle', 'g.jsonl', '-j3')
        self.assertRegex(p.stderr, r'shuffled: --shuffle --seed \d+ gives this order again')
        self.run_it('--repeat', '3', 'g.jsonl')
        self.run_it('--retries', '1', '--fail-on', 'error', '-j1', 'g.jsonl', code=1)
        content = [self.rows('select name, result, status, error, log, mounts, tree, input, flaky '
                             'from result where run = %d order by name' % run)
                   for run in (1, 2, 3, 4)]
        self.assertEqual(len(content[0]), 120)
        for other in content[1:]:
            self.assertEqual(content[0], other)
        errors = sum(1 for row in content[0] if row[1] == 'error')
        self.assertEqual(self.rows('select r.run, count(*), max(a.same_as) from attempt a '
                                   'join result r on r.id = a.result group by 1'),
                         [(3, 360, 1), (4, 2 * errors, 1)])

    def test_the_line_that_runs_a_failure_again_does(self):
        """Of a suite, a spec, a bundle; from folders above and at them; with names that a shell would take apart."""
        spec = {'ociVersion': '1.0.0', 'process': {'args': ['x'], 'cwd': '/'}, 'root': {'path': 'rootfs'},
                'mounts': [{'destination': '/m', 'type': 'tmpfs', 'options': ['mode=9']}]}
        suite = {'id': "it's [one]*", 'spec': {'root': {'path': '@rootfs'}, 'mounts': spec['mounts']}}
        os.makedirs(self.path("up/bun dle$/rootfs"))
        os.makedirs(self.path('up/no-root'))
        for name in ('up/bun dle$/config.json', 'up/no-root/config.json', "up/a 'spec'.json"):
            with open(self.path(name), 'w') as f:
                json.dump(spec, f)
        with open(self.path('up/s.jsonl'), 'w') as f:
            f.write(json.dumps(suite) + '\n')
        os.symlink(SIMRUN, self.path('simrun'))
        env = dict(CLEAN, PATH=self.dir + ':' + os.environ['PATH'])
        top = self.dir
        for folder, words, cases in (('', ['up'], 4), ('up', ['.'], 4), ('', ['up/bun dle$'], 1), ('up/bun dle$', ['.'], 1),
                                     ('', ['up/no-root/config.json'], 1), ('', ["up/a 'spec'.json"], 1)):
            self.dir = os.path.join(top, folder)
            out = self.run_it('--no-db', '--fail-on', 'error', *words, code=1).stdout
            lines = [line.split('again: ')[1] for line in out.splitlines() if 'again: ' in line]
            self.assertEqual(len(lines), cases, out)
            for line in lines:
                p = subprocess.run(['bash', '-c', line + ' --no-db --fail-on error --format text'], cwd=self.dir, env=env,
                                   capture_output=True, text=True, timeout=60)
                self.assertEqual(p.returncode, 1, line + p.stdout + p.stderr)
                self.assertRegex(p.stdout, r'unsupported\s+mode value')

    def test_a_seed_gives_its_order_again(self):
        self.generated(50)
        orders = [[json.loads(line)['id'] for line in self.run_it(
            '--no-db', '--format', 'jsonl', *args, 'g.jsonl').stdout.splitlines()]
            for args in (['--shuffle', '--seed', '9'], ['--shuffle', '--seed', '9', '-j1'],
                         ['--shuffle', '--seed', '8'], [])]
        self.assertEqual(orders[0], orders[1])
        self.assertNotEqual(orders[0], orders[2])
        self.assertNotEqual(orders[0], orders[3])
        self.assertEqual(sorted(orders[0]), sorted(orders[3]))

    # --------------------------------------------------------------------------- ends before the end

    def start(self, *args):
        return subprocess.Popen([SIMRUN, '--db', 'x.db', '--report', 'tap=x.tap', '--report',
                                 'csv=x.csv', *args], cwd=self.dir, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=CLEAN)

    def reported(self):
        with open(self.path('x.csv'), newline='') as f:
            n = len(list(csv.reader(f))) - 1
        with open(self.path('x.tap')) as f:
            points = [line for line in f if line.startswith(('ok ', 'not ok '))]
        self.assertEqual(n, len(points))
        self.assertEqual(self.rows('select count(*) from result', 'x.db'), [(n,)])
        return n

    def test_a_signal_ends_in_order(self):
        self.generated(5000)
        for number in (signal.SIGTERM, signal.SIGINT):
            for jobs in ('-j0', '-j2'):
                p = self.start(jobs, 'g.jsonl')
                end = time.monotonic() + 60
                while not os.path.exists(self.path('x.db-wal')) and time.monotonic() < end:
                    time.sleep(0.01)
                time.sleep(0.5)
                p.send_signal(number)
                out, err = p.communicate(timeout=60)
                self.assertEqual(p.returncode, 130, out + err)
                self.assertIn('ended early', out)
                self.assertEqual(self.rows('select state from run', 'x.db'), [('interrupted',)])
                self.assertLess(self.reported(), 5000)
                for name in os.listdir(self.dir):
                    if name.startswith('x.'):
                        os.unlink(self.path(name))

    def test_fail_fast_tells_what_ran(self):
        self.generated(300)
        p = self.start('--fail-fast', '--fail-on', 'error', '-j2', 'g.jsonl')
        out, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 1, out + err)
        self.assertLess(self.reported(), 300)
        self.run_it('--resume', '--db', 'x.db', code=1)
        self.assertEqual(self.reported(), 300)

    def test_a_worker_that_is_killed_costs_one_case(self):
        self.generated(1500)
        p = subprocess.Popen([SIMRUN, '--db', 'x.db', '-j2', 'g.jsonl'], cwd=self.dir,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN)
        end = time.monotonic() + 60
        while len(children(p.pid)) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.3)
        hit = children(p.pid)[0]
        os.kill(hit, signal.SIGKILL)
        out, err = p.communicate(timeout=300)
        lost = self.rows("select name, r.status, b.data from result r join blob b on b.hash = error "
                         "where result = 'crash'", 'x.db')
        self.assertLessEqual(len(lost), 1) # none, when it was between two cases
        for name, status, text in lost:
            self.assertEqual((status, text), ('fail', 'killed by SIGKILL'))
            self.assertIn('FAIL %s (crash)' % name, out)
        self.assertEqual(p.returncode, 1 if lost else 0, out + err)
        self.assertEqual(self.rows('select count(*) from result', 'x.db'), [(1500,)])

    def test_a_case_that_was_lost_before_it_was_read_has_not_changed(self):
        self.generated(20)
        self.run_it('g.jsonl')
        connection = sqlite3.connect(self.path('simrun.db'))
        (first, last), = connection.execute('select min(id), max(id) from result')
        connection.execute("update run set state = 'interrupted'")
        connection.execute("update result set result = 'crash', input = (select input from plan) "
                           'where id = ?', (first,))
        connection.execute('delete from result where id = ?', (last,))
        connection.commit()
        connection.close()
        p = self.run_it('--resume', code=1)
        self.assertIn('19 of 20 cases have a result', p.stderr)
        self.assertEqual(self.rows('select state, (select count(*) from result) from run'),
                         [('finished', 20)])

    def test_bytes_that_are_no_utf8_do_not_harm_the_record(self):
        folder = os.fsencode(self.path('d')) + b'\xff'
        os.mkdir(folder)
        for name in ('g.jsonl', b'g\xff.jsonl'):
            with open(os.path.join(folder, os.fsencode(name)), 'w') as f:
                subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', '20'], stdout=f,
                               check=True)
        db = os.path.join(folder, b'simrun.db')

        def run(*args):
            return subprocess.run([SIMRUN, *args], cwd=folder, capture_output=True, timeout=60,
                                  env=CLEAN)
        for name in ('g.jsonl', b'g\xff.jsonl'):
            p = run('-q', '--fail-fast', '--fail-on', 'error', name)
            self.assertEqual(p.returncode, 1, p.stderr)
            rows = self.rows("select state, json_valid(argv), json_extract(options, '$.cwd') "
                             'from run order by id desc limit 1', os.fsdecode(db))
            self.assertEqual(rows, [('interrupted', 1, self.path('d') + '\ufffd')])
            p = run('-q', '--resume')
            if name == 'g.jsonl':
                self.assertEqual((p.returncode, b'of 20 cases have a result' in p.stderr), (1, True))
            else:
                self.assertEqual(p.returncode, 2)
                self.assertIn(b'had bytes that are no UTF-8', p.stderr)

    def test_what_was_joined_from_shards_is_resumed_in_its_parts(self):
        self.generated(30)
        for i in (1, 2):
            self.run_it('--shard', '%d/2' % i, '--db', '%d.db' % i, 'g.jsonl')
        connection = sqlite3.connect(self.path('2.db'))
        connection.execute("update run set state = 'interrupted'")
        connection.execute('delete from result where id = (select max(id) from result)')
        connection.commit()
        connection.close()
        self.run_it('merge', '1.db', '2.db')
        p = self.run_it('--resume', code=2)
        self.assertIn('run 1 was joined from shards', p.stderr)
        self.run_it('--resume', '--db', '2.db')
        self.run_it('merge', '--db', 'new.db', '1.db', '2.db')
        self.assertEqual(self.rows('select state, (select count(*) from result) from run', 'new.db'),
                         [('finished', 30)])

    def test_a_stop_leaves_no_case_with_fewer_attempts(self):
        self.generated(200)
        p = subprocess.Popen([SIMRUN, '-j1', '--repeat', '40', '-q', 'g.jsonl'], cwd=self.dir, env=CLEAN,
                             stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while len(children(p.pid)) < 1 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.3)
        p.send_signal(signal.SIGTERM)
        _, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130, err)
        attempts = 'select count(*) from attempt group by result'
        self.assertEqual({n for n, in self.rows(attempts)} - {40}, set())
        self.run_it('--resume', '-q')
        self.assertEqual(self.rows(attempts), [(40,)] * 200)

    def test_a_report_replaces_nothing_that_it_is_made_from(self):
        self.generated(5)
        self.run_it('g.jsonl')
        os.link(self.path('simrun.db'), self.path('same.db'))
        os.symlink('g.jsonl', self.path('link.jsonl'))
        before = {name: self.content(name) for name in ('g.jsonl', 'simrun.db')}
        for args, what in (
                (['--report', 'csv=simrun.db', 'g.jsonl'], 'the database: simrun.db'),
                (['--report', 'tap=a.tap', '--report', 'jsonl=same.db', 'g.jsonl'],
                 'the database: simrun.db'),
                (['--no-db', '--report', 'jsonl=link.jsonl', 'g.jsonl'],
                 'what cases are read from: g.jsonl'),
                (['--db', 'new.db', '--report', 'csv=new.db', 'g.jsonl'], 'the database: new.db'),
                (['report', 'csv', '-o', 'same.db'], 'the database: simrun.db')):
            p = self.run_it(*args, code=2)
            self.assertRegex(p.stderr, '^simrun: the (csv|jsonl) report would replace %s\n$' % what)
        for name, content in before.items():
            self.assertEqual(self.content(name), content)
        self.assertFalse(os.path.exists(self.path('new.db')))

    # ------------------------------------------------------------------------------- which changed

    def make_bundle(self):
        os.makedirs(self.path('b/rootfs/etc'))
        os.makedirs(self.path('src'))
        with open(self.path('b/rootfs/etc/hosts'), 'w') as f:
            f.write('127.0.0.1 localhost\n')
        with open(self.path('b/config.json'), 'w') as f:
            json.dump({'ociVersion': '1.0.0', 'root': {'path': 'rootfs'},
                       'mounts': [{'destination': '/data', 'type': 'bind',
                                   'source': self.path('src'), 'options': ['rbind']}]}, f)

    def is_changed(self):
        p = self.run_it('--changed-since', '1', '--no-db', 'b')
        return 'no case ran' not in p.stdout

    def test_what_a_host_directory_holds_is_input(self):
        self.make_bundle()
        self.run_it('b')
        hosts = self.path('b/rootfs/etc/hosts')
        self.assertFalse(self.is_changed())

        def rewrite(text):
            stat = os.stat(hosts)
            with open(hosts, 'w') as f:
                f.write(text)
            os.utime(hosts, ns=(stat.st_atime_ns, stat.st_mtime_ns))

        def touch_big(seconds):
            with open(self.path('src/big'), 'ab') as f:
                f.truncate(1 << 20)
            os.utime(self.path('src/big'), (seconds, seconds))

        for change, undo in (
                (lambda: rewrite('127.0.0.2 localhost\n'), lambda: rewrite('127.0.0.1 localhost\n')),
                (lambda: os.chmod(hosts, 0o600), lambda: os.chmod(hosts, 0o644)),
                (lambda: os.mkdir(self.path('src/new')), lambda: os.rmdir(self.path('src/new'))),
                (lambda: os.symlink('a', self.path('src/l')), lambda: os.unlink(self.path('src/l'))),
                (lambda: os.mkfifo(self.path('src/p')), lambda: os.unlink(self.path('src/p'))),
                (lambda: os.link(hosts, self.path('b/rootfs/link')),
                 lambda: os.unlink(self.path('b/rootfs/link'))),
                (lambda: os.chown(hosts, 5, 6) if os.geteuid() == 0 else os.chmod(hosts, 0o640),
                 lambda: (os.chown(hosts, os.geteuid(), os.getegid()), os.chmod(hosts, 0o644)))):
            change()
            self.assertTrue(self.is_changed())
            undo()
            self.assertFalse(self.is_changed())
        touch_big(1000)
        self.run_it('--db', 'second.db', 'b')
        for seconds, changed in ((1000, False), (2000, True)):
            touch_big(seconds)
            p = self.run_it('--changed-since', 'second.db:1', '--no-db', 'b')
            self.assertEqual('no case ran' not in p.stdout, changed)

    def test_a_root_directory_for_specs_is_input(self):
        os.makedirs(self.path('root/etc'))
        with open(self.path('s.json'), 'w') as f:
            json.dump({'ociVersion': '1.0.0', 'root': {'path': 'rootfs'}}, f)
        self.run_it('--rootfs', 'root', 's.json')
        args = ['--changed-since', '1', '--no-db', '--rootfs', 'root', 's.json']
        self.assertIn('no case ran', self.run_it(*args).stdout)
        os.rename(self.path('root'), self.path('elsewhere'))
        args[-2] = 'elsewhere'
        self.assertIn('no case ran', self.run_it(*args).stdout)
        os.mkdir(self.path('elsewhere/var'))
        self.assertNotIn('no case ran', self.run_it(*args).stdout)

    def test_flaky_is_asked_by_name(self):
        self.generated(5)
        self.run_it('--repeat', '2', '--fail-on', 'flaky', 'g.jsonl')
        p = self.run_it('query', 'flaky', '--format', 'csv')
        self.assertEqual(len(list(csv.reader(io.StringIO(p.stdout)))), 1)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
