"""The binary as people use it: exit codes, pipes, signals, terminals, records."""
import gzip
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
SPEC = {
    'ociVersion': '1.0.0',
    'process': {'args': ['sh'], 'cwd': '/'},
    'root': {'path': 'rootfs'},
    'mounts': [
        {'destination': '/proc', 'type': 'proc', 'source': 'proc'},
        {'destination': '/data', 'type': 'tmpfs', 'source': 'tmpfs', 'options': ['ro', 'nosuid']},
        {'destination': '/odd', 'type': 'btrfs', 'source': 'x'},
    ],
}


def case(name, **more):
    return dict({'id': name, 'spec': {'ociVersion': '1.0.0', 'root': {'path': '@rootfs'}},
                 'rootfs': [{'path': 'etc', 'type': 'dir'}]}, **more)


class Simrun(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-cli-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def suite(self, name, *cases):
        text = ''.join(json.dumps(c) + '\n' for c in cases)
        opener = gzip.open if name.endswith('.gz') else open
        with opener(self.path(name), 'wt') as f:
            f.write(text)
        return name

    def spec(self, name, spec=SPEC):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w') as f:
            json.dump(spec, f)
        return name

    def run_it(self, *args, code=0, **more):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True,
                           timeout=300, **more)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def generated(self, count):
        with open(self.path('g.jsonl'), 'w') as f:
            subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', str(count)], stdout=f,
                           check=True)
        return 'g.jsonl'

    # ------------------------------------------------------------------------------------ input

    def test_bundle_spec_suite_folder_and_standard_input(self):
        self.spec('in/bundle/config.json')
        os.makedirs(self.path('in/bundle/rootfs/etc'))
        self.spec('in/spec.json')
        self.suite('in/s.jsonl', case('a'))
        self.suite('in/t.jsonl.gz', case('b'))
        p = self.run_it('list', 'in')
        self.assertEqual(p.stdout.split(), ['bundle', 'a', 'spec.json', 'b'])
        p = self.run_it('--no-db', '--format', 'jsonl', 'in')
        self.assertEqual([json.loads(x)['result'] for x in p.stdout.splitlines()], ['ok'] * 4)
        p = self.run_it('--no-db', '--format', 'jsonl', '-', input=json.dumps(case('c')) + '\n')
        self.assertEqual(json.loads(p.stdout)['id'], 'c')

    def test_expected_files_are_no_suites(self):
        self.suite('s.jsonl', case('a'))
        line = json.loads(self.run_it('--no-db', '--format', 'jsonl', 's.jsonl').stdout)
        self.suite('s.expected.jsonl', line)
        with open(self.path('subtrees.json'), 'w') as f:
            f.write('{}')
        p = self.run_it('--no-db', '.')
        self.assertIn('1 case: 1 pass', p.stdout)
        self.assertEqual(p.stderr, '')
        line['nodes'][1]['mode'] = '0700'
        self.suite('s.expected.jsonl', line)
        p = self.run_it('--no-db', '.', code=1)
        self.assertIn('nodes /dev: mode want "0700" got ', p.stdout)

    def test_errors_name_file_place_and_rule(self):
        with open(self.path('bad.jsonl'), 'w') as f:
            f.write(json.dumps(case('good')) + '\n{"id":"broken","spec":{"mounts":[{"type":7}]}}\n')
        p = self.run_it('--no-db', 'bad.jsonl', code=1)
        self.assertIn('bad.jsonl: spec.mounts[0].type: expected a string, found a number '
                      '(line 2, column ', p.stdout)
        self.assertIn('2 cases: 1 fail, 1 recorded', p.stdout)
        self.suite('twice.jsonl', case('a'), case('a'))
        p = self.run_it('--no-db', 'twice.jsonl', code=2)
        self.assertIn('twice.jsonl', p.stderr)
        p = self.run_it('--no-db', 'none.json', code=2)
        self.assertIn('none.json: no such file or directory', p.stderr)
        self.run_it(code=2)
        self.run_it('--no-db', '--rootfs', 'nothing', 'twice.jsonl', code=2)

    # ----------------------------------------------------------------------------------- output

    def test_same_bytes_whatever_the_workers_and_the_host_side(self):
        suite = self.generated(200)
        runs = [self.run_it('--no-db', '-q', '--format', 'jsonl', *a, suite).stdout
                for a in (['-j0'], ['-j1'], ['-j2'], ['-j3'], ['-j2', '--host', 'dir'])]
        self.assertEqual(len(runs[0].splitlines()), 200)
        for other in runs[1:]:
            self.assertEqual(runs[0], other)

    def test_one_spec_on_one_screen(self):
        self.spec('./spec.json')
        text = self.run_it('--no-db', '--format', 'text', 'spec.json').stdout
        for part in ('spec.json: ok', '/data ', 'tmpfs', 'spec[1]', 'IGNORED',
                     '/odd (spec[2]): not mounted, type btrfs', 'TREE ('):
            self.assertIn(part, text)
        self.assertLessEqual(max(len(x) for x in text.splitlines()), 80)

    def test_the_config_of_a_bundle_hints_at_the_bundle(self):
        self.spec('config.json')
        text = ' '.join(self.run_it('--no-db', '--format', 'text', 'config.json').stdout.split())
        self.assertIn('root "rootfs" made up: the default root file system stands for it', text)
        self.assertNotIn('the real one', text)
        os.makedirs(os.path.join(self.dir, 'rootfs', 'mine'))
        text = ' '.join(self.run_it('--no-db', '--format', 'text', 'config.json').stdout.split())
        self.assertIn('stands for it; the real one is taken where PATH is the directory of config.json', text)
        text = self.run_it('--no-db', '--format', 'text', '.').stdout
        self.assertIn('\n  mine ', text)
        self.assertNotIn('made up', text)

    def test_the_answer_tells_what_is_left_out(self):
        self.spec('./spec.json', dict(SPEC, mounts=[
            {'destination': '/dev/shm', 'type': 'tmpfs', 'source': 'shm', 'options': ['nosuid']}]))
        text = self.run_it('--no-db', '--format', 'text', 'spec.json').stdout
        self.assertIn('  /dev/shm (spec[0]): left out: the pipeline brings its own devices below /dev\n', text)
        self.assertNotIn('/dev/shm (spec[0]): options', text)

    def test_the_answer_for_an_error(self):
        self.spec('./spec.json', dict(SPEC, mounts=[
            {'destination': '/etc/passwd/x', 'type': 'tmpfs', 'source': 'tmpfs'}]))
        text = self.run_it('--no-db', '--format', 'text', 'spec.json').stdout
        self.assertIn('spec.json: error', text)
        self.assertIn('at the mount of /etc/passwd/x (spec[0])', text)
        self.run_it('--no-db', '--format', 'text', '--fail-on', 'error', 'spec.json', code=1)

    def test_hostile_bytes_do_not_reach_the_terminal(self):
        self.spec('./spec.json', dict(SPEC, mounts=[
            {'destination': '/a\x1b[2J\u202e', 'type': '\x1b]0;x\x07', 'source': '\r\x9b'}]))
        for args in (['--format', 'text'], ['--db', 'x.db']):
            p = self.run_it(*args, 'spec.json')
            self.assertNotRegex(p.stdout + p.stderr, '[\x1b\x07\x9b\r\u202e]')
        p = self.run_it('show', 'spec.json', '--db', 'x.db')
        self.assertNotRegex(p.stdout, '[\x1b\x07\x9b\r\u202e]')

    def terminal(self, *args, env=None):
        try:
            leader, follower = pty.openpty()
        except OSError as e:
            self.skipTest('no terminal can be made here: %s' % e)
        p = subprocess.Popen([SIMRUN, *args], cwd=self.dir, stdout=follower, stderr=follower,
                             env=dict(os.environ, TERM='xterm', **(env or {})))
        os.close(follower)
        text = b''
        while True:
            try:
                got = os.read(leader, 65536)
            except OSError:
                break
            if not got:
                break
            text += got
        os.close(leader)
        return p.wait(), text.decode()

    def test_on_a_terminal(self):
        self.spec('./spec.json')
        code, text = self.terminal('--no-db', 'spec.json', env={'NO_COLOR': ''})
        self.assertEqual(code, 0)
        self.assertIn('MOUNTED AT', text)
        self.assertIn('\033[32mok\033[0m', text)
        code, text = self.terminal('--no-db', 'spec.json', env={'NO_COLOR': '1'})
        self.assertNotIn('\033[32m', text)
        self.generated(3000)
        code, text = self.terminal('--no-db', 'g.jsonl')
        self.assertRegex(text, r'\[#+\.+\] \d+/3000 ')

    # ------------------------------------------------------------------------- ends before the end

    def test_a_reader_that_goes_away(self):
        self.generated(3000)
        p = subprocess.Popen([SIMRUN, '--db', 'x.db', '--format', 'jsonl', 'g.jsonl'],
                             cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(p.stdout.readline())
        p.stdout.close()
        errors = p.stderr.read()
        p.stderr.close()
        self.assertEqual(p.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(errors, b'')
        self.assertEqual(self.state('x.db'), 'interrupted')

    def test_a_full_disk(self):
        self.generated(300)
        with open('/dev/full', 'w') as full:
            p = subprocess.run([SIMRUN, '--no-db', '--format', 'jsonl', 'g.jsonl'], cwd=self.dir,
                               stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(p.returncode, 3)
        self.assertIn('standard output: ', p.stderr)

    def state(self, db):
        with sqlite3.connect('file:%s?mode=ro' % self.path(db), uri=True) as c:
            return c.execute('select state from run order by id desc').fetchone()[0]

    def interrupt(self, *args):
        with open(self.path('err'), 'w+') as err:
            p = subprocess.Popen([SIMRUN, '--db', 'x.db', '--format', 'jsonl', *args, 'g.jsonl'],
                                 cwd=self.dir, stdout=subprocess.PIPE, stderr=err, text=True)
            first = p.stdout.readline()
            p.send_signal(signal.SIGINT)
            lines = [first, *p.stdout]
            p.stdout.close()
            p.wait(timeout=60)
            err.seek(0)
            return p.returncode, lines, err.read()

    def test_interrupted_runs_record_what_ran(self):
        self.generated(20000)
        for jobs in ('-j0', '-j2'):
            code, lines, err = self.interrupt(jobs)
            self.assertEqual(code, 130)
            self.assertLess(len(lines), 20000)
            self.assertIn('of 20000 cases ran', err)
            self.assertEqual(self.state('x.db'), 'interrupted')
            with sqlite3.connect(self.path('x.db')) as c:
                n = c.execute('select count(*) from result where run = (select max(id) from run)')
                self.assertEqual(n.fetchone()[0], len(lines))

    # ---------------------------------------------------------------------------------- records

    def test_runs_are_recorded_shown_and_compared(self):
        self.suite('s.jsonl', case('a', expect={'result': 'ok'}), case('b'))
        self.assertIn('recorded as run 1 in simrun.db', self.run_it('s.jsonl').stdout)
        self.assertIn('result     ok (pass)', self.run_it('show', 'a').stdout)
        self.assertIn('etc', self.run_it('tree', 'a').stdout)
        self.assertIn('finished', self.run_it('query', 'runs', '--format', 'csv').stdout)
        self.suite('s.jsonl', case('a', expect={'result': 'error'}), case('b'))
        p = self.run_it('--baseline', 'latest', 's.jsonl', code=1)
        self.assertIn('1 regression against the baseline', p.stdout)
        self.run_it('diff', '1', '2', code=1)
        self.run_it('diff', '1', '1')
        self.run_it('diff', '1', '7', code=2)
        self.run_it('show', 'nothing', code=2)
        self.run_it('query', 'delete from run', code=2)

    def test_a_changed_input_is_no_regression(self):
        self.suite('s.jsonl', case('a', expect={'result': 'ok'}))
        self.run_it('s.jsonl')
        self.suite('s.jsonl', case('a', expect={'result': 'error'},
                                   rootfs=[{'path': 'var', 'type': 'dir'}]))
        p = self.run_it('--baseline', 'latest', '--no-db', 's.jsonl', code=2)
        p = self.run_it('--baseline', 'latest', 's.jsonl', code=1)
        self.assertNotIn('regression against', p.stdout)

    def test_profiles_and_quirks_reach_the_model(self):
        self.generated(300)
        lines = [self.run_it('--no-db', '-q', '--format', 'jsonl', *a, 'g.jsonl').stdout
                 for a in ([], ['--profile', 'strict'])]
        self.assertNotEqual(lines[0], lines[1])


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
