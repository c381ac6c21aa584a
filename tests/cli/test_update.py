"""--update: expectations rewritten to what came out, every other byte kept; manifests; --ci."""
import gzip
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

SIMRUN = None
SPEC = {'ociVersion': '1.0.0', 'root': {'path': '@rootfs'}}
HOSTS = {'path': 'etc/hosts', 'type': 'file', 'content': 'abc'}


def case(name, **more):
    return dict({'id': name, 'spec': SPEC, 'rootfs': [HOSTS]}, **more)


def include(**fields):
    return {'nodes_include': [dict({'path': '/etc/hosts'}, **fields)]}


class Update(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-update-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.path(name), 'rb') as f:
            return f.read().decode()

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'wb') as f:
            f.write(text.encode())
        return name

    def suite(self, name, *cases):
        return self.write(name, ''.join(json.dumps(c) + '\n' for c in cases))

    def run_it(self, *args, code=0, env=None, **more):
        clean = {k: v for k, v in os.environ.items() if k != 'CI'}
        p = subprocess.run([SIMRUN, '--no-db', *args], cwd=self.dir, capture_output=True,
                           timeout=300, env=dict(clean, **(env or {})), **more)
        p.stdout, p.stderr = p.stdout.decode(), p.stderr.decode()
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def updates(self, name, before, after, *args, again=True):
        """A file becomes exactly this, the change is shown, and then all passes."""
        self.write(name, before)
        p = self.run_it(name, '--update', *args)
        self.assertEqual(self.read(name), after)
        if again:
            self.assertIn('updated: 1 case in 1 file\n', p.stdout)
            self.run_it(name, *args)
            p = self.run_it(name, '--update', *args)
            self.assertIn('updated: nothing\n', p.stdout)
            self.assertEqual(self.read(name), after)

    # ------------------------------------------------------------------------------ suite lines

    def test_only_the_values_that_differ_change(self):
        line = ('{ "id":"a" ,"spec":{"ociVersion":"1.0.0","root":{"path":"@rootfs"}},\t"rootfs":'
                '[{"path":"etc/hosts","type":"file","content":"abc"}], "expect" : {"nodes_include" :'
                ' [ {"mode":"%s", "path":"/etc/hosts",  "size" : %s}, {"path":"/"%s} ],'
                '"comment":"\\u00e9\\/", "result":"%s"}}   \n')
        other = json.dumps(case('b', expect={'result': 'ok'}), indent=None) + '\r\n'
        self.updates('s.jsonl', other + '\n' + line % ('0600', '4.0e0', '', 'error'),
                     other + '\n' + line % ('0644', '3', '', 'ok'))
        self.updates('s.jsonl', line % ('0644', '3', ',  "gone":1', 'error'),
                     line % ('0644', '3', ',  "gone":null', 'ok'), again=False)

    def test_lists_keep_what_holds(self):
        log = ['I Mounting root over 9P, ioFD: 0', 'I Mounted "proc" to "/proc" type proc',
               'I Mounted "sysfs" to "/sys" type sysfs']
        p = self.run_it('--format', 'jsonl', self.suite('s.jsonl', case('a')))
        log = json.loads(p.stdout)['log']
        self.assertGreater(len(log), 3)
        text = json.dumps(case('a', expect={'log': '@'}))
        spaced = [json.dumps(x) for x in log]
        self.updates('s.jsonl', text.replace('"@"', '[ ' + ' ,\t'.join(spaced[:1] + ['"x"'] +
                                                                      spaced[1:]) + ' ]'),
                     text.replace('"@"', '[ ' + ' ,\t'.join(spaced) + ' ]'))
        self.updates('s.jsonl', text.replace('"@"', '[ ' + ' ,\t'.join(spaced[:1] + spaced[2:]) +
                                             ' ]'),
                     text.replace('"@"', '[ ' + ' ,\t'.join(spaced) + ' ]'))
        self.updates('s.jsonl', text.replace('"@"', '[]'),
                     text.replace('"@"', '[' + ', '.join(spaced) + ']'))

    def test_operations_keep_their_wildcards(self):
        ops = [['read', '/etc/hosts'], ['mkdir', '/x', '0755'], ['mkdir', '/x', '0755']]
        want = [{'op': ops[0], 'errno': 'EIO', 'value': '*'}, {'op': ops[1], 'errno': ''}]
        self.suite('s.jsonl', case('a', ops=ops, expect={'ops': want}))
        self.run_it('s.jsonl', '--update')
        got = json.loads(self.read('s.jsonl'))['expect']['ops']
        self.assertEqual(got[0], {'op': ops[0], 'errno': '', 'value': '*'})
        self.assertEqual([o['errno'] for o in got], ['', '', 'EEXIST'])
        self.run_it('s.jsonl')

    def test_whole_trees(self):
        p = self.run_it('--format', 'jsonl', self.suite('s.jsonl', case('a')))
        nodes = json.loads(p.stdout)['nodes']
        at = [n['path'] for n in nodes].index('/etc/hosts')
        wrong = [dict(n) for n in nodes]
        wrong[at]['mode'] = '0000'
        wrong[at].pop('fs')
        wrong.insert(3, dict(nodes[2], path=nodes[2]['path'] + '0'))
        del wrong[-1], wrong[1]
        text = json.dumps(case('a', expect={'nodes': '@'})) + '\n'
        self.write('s.jsonl', text.replace('"@"', json.dumps(wrong)))
        self.run_it('s.jsonl', '--update')
        got = json.loads(self.read('s.jsonl'))
        self.assertEqual(got['expect']['nodes'], nodes)
        self.run_it('s.jsonl')

    def test_subtrees_that_hold_stay_references(self):
        p = self.run_it('--format', 'jsonl', self.suite('s.jsonl', case('a')))
        nodes = json.loads(p.stdout)['nodes']
        below = [n for n in nodes if n['path'].startswith('/proc/') or n['path'] == '/proc']
        rest = [n for n in nodes if n not in below]
        self.write('subtrees.json', json.dumps({
            'proc': [dict(n, path=n['path'][5:]) for n in below],
            'wrong': [dict(n, path=n['path'][5:], mode='0000') for n in below]}))
        want = [n for n in rest if n['path'] != '/etc/hosts']
        self.suite('s.jsonl', case('a', expect={
            'nodes': want + [{'path': '/proc', 'subtree': 'proc'}]}))
        self.run_it('s.jsonl', '--update')
        got = json.loads(self.read('s.jsonl'))['expect']['nodes']
        self.assertIn({'path': '/proc', 'subtree': 'proc'}, got)
        self.assertEqual(len(got), len(rest) + 1)
        self.run_it('s.jsonl')
        self.suite('s.jsonl', case('a', expect={
            'nodes': rest + [{'path': '/proc', 'subtree': 'wrong'}]}))
        self.run_it('s.jsonl', '--update')
        got = json.loads(self.read('s.jsonl'))['expect']['nodes']
        self.assertEqual(len(got), len(nodes))
        self.run_it('s.jsonl')

    def test_nodes_that_are_gone_go(self):
        gone = {'path': '/gone', 'type': 'file'}
        expect = include(size=3)
        expect['nodes_include'].append(gone)
        self.suite('s.jsonl', case('a', expect=expect))
        self.run_it('s.jsonl', '--update')
        self.assertEqual(json.loads(self.read('s.jsonl'))['expect'], include(size=3))

    def test_another_outcome_takes_away_what_does_not_count(self):
        mounts = [{'destination': '/x', 'type': 'bind', 'source': '@none'}]
        spec = dict(SPEC, mounts=mounts)
        expect = dict(include(size=3), result='ok', error='', comment='why')
        self.suite('s.jsonl', case('a', spec=spec, expect=expect))
        p = self.run_it('s.jsonl', '--format', 'jsonl', code=1)
        got = json.loads(p.stdout)
        self.assertEqual(got['result'], 'error')
        self.run_it('s.jsonl', '--update')
        self.assertEqual(json.loads(self.read('s.jsonl'))['expect'],
                         {'nodes_include': [], 'result': 'error', 'error': got['error'],
                          'comment': 'why'})
        self.run_it('s.jsonl')

    # --------------------------------------------------------------------------------- profiles

    def test_another_profile_gets_overrides(self):
        line = json.dumps(case('a', expect=dict(include(size=3), result='ok', fds_left=0)))
        self.write('s.jsonl', line.replace('"result": "ok"', '"result": "error"') + '\n')
        self.run_it('s.jsonl', '--update', '--profile', 'strict')
        got = json.loads(self.read('s.jsonl'))
        self.assertEqual(got['expect']['result'], 'error')
        self.assertEqual(got['expect_profile'], {'strict': {'result': 'ok'}})
        self.run_it('s.jsonl', '--profile', 'strict')
        self.run_it('s.jsonl', code=1)
        self.run_it('s.jsonl', '--update')
        got = json.loads(self.read('s.jsonl'))
        self.assertEqual(got['expect']['result'], 'ok')
        self.assertEqual(got['expect_profile'], {'strict': {'result': 'ok'}})

    def test_an_override_that_is_there_changes_in_place(self):
        text = json.dumps(case('a', expect={'result': 'ok'},
                               expect_profile={'other': {}, 'strict': {'result': 'hang'}})) + '\n'
        self.updates('s.jsonl', text, text.replace('"hang"', '"ok"'), '--profile', 'strict')

    # --------------------------------------------------------------------- files of result lines

    def test_result_lines_beside_a_suite(self):
        self.suite('s.jsonl', case('a'), case('b'), case('c', rootfs=[]))
        p = self.run_it('--format', 'jsonl', 's.jsonl')
        lines = p.stdout.splitlines()
        wrong = lines[1].replace('"log":[', '"log":["x", ').replace('"fds_left":0,', '')
        wrong = wrong.replace('"size":3', '"size": 4').replace('"result":"ok"', '"result": "hang"')
        self.write('s.expected.jsonl', '\n'.join([lines[2], '', wrong, lines[0]]))
        p = self.run_it('s.jsonl', '--update')
        self.assertIn('--- s.expected.jsonl:3\n+++ s.expected.jsonl (b)\n', p.stdout)
        got = self.read('s.expected.jsonl').split('\n')
        self.assertEqual([got[0], got[1], got[3]], [lines[2], '', lines[0]])
        self.assertEqual(got[2], lines[1].replace('"result":"ok"', '"result": "ok"').replace(
            '"size":3', '"size": 3').replace('"fds_left":0,', ''))
        self.run_it('s.jsonl')

    def test_packed_files_are_left_alone(self):
        with gzip.open(self.path('s.jsonl.gz'), 'wt') as f:
            f.write(json.dumps(case('a', expect={'result': 'hang'})) + '\n')
        p = self.run_it('s.jsonl.gz', '--update', code=1)
        self.assertIn('not updated: a: s.jsonl.gz: packed: unpack it first', p.stderr)

    # ---------------------------------------------------------------------------------- specs

    def spec(self, **annotations):
        return {'ociVersion': '1.0.0', 'root': {'path': 'rootfs'},
                'process': {'args': ['sh'], 'cwd': '/'}, 'mounts': [
            {'destination': '/data', 'type': 'tmpfs', 'source': 'tmpfs', 'options': ['mode=0700']}],
                'annotations': {'dev.simrun.' + k.replace('_', '-'): v
                                for k, v in annotations.items()}}

    def test_annotations(self):
        spec = json.dumps(self.spec(xfail='', expect='@'), indent=3) + '\n\n'
        inner = '{ "nodes_include":[{"path": "/data", "mode": "%s"}]}'
        self.updates('x/spec.json', spec.replace('"@"', json.dumps(inner % '0755')),
                     spec.replace('"@"', json.dumps(inner % '0700')))

    def test_annotations_of_a_profile(self):
        spec = json.dumps(self.spec(expect='{"result": "hang"}'), indent=3)
        self.write('spec.json', spec)
        self.run_it('spec.json', '--update', '--profile', 'strict')
        got = json.loads(self.read('spec.json'))
        self.assertEqual(got['annotations'], {
            'dev.simrun.expect': '{"result": "hang"}',
            'dev.simrun.expect-profile.strict': '{"result": "ok"}'})
        self.run_it('spec.json', '--profile', 'strict')

    # -------------------------------------------------------------------------------- manifests

    def manifest(self, before, after, rootfs=None):
        rootfs = rootfs or [HOSTS, {'path': 'bin/sh', 'type': 'file', 'content': 'x'},
                            {'path': 'l', 'type': 'symlink', 'target': 'a b'}]
        self.suite('s.jsonl', case('a', rootfs=rootfs, expect={'mtree': 'm/a.mtree'}))
        self.write('m/a.mtree', before)
        p = self.run_it('s.jsonl', '--update')
        self.assertEqual(self.read('m/a.mtree'), after)
        self.run_it('s.jsonl')
        return p

    def test_full_paths(self):
        kernel = './dev  ignore\n./proc ignore\n./sys ignore\n./tmp\n'
        p = self.manifest('# hand-made\n. type=dir\n' + kernel +
                          './etc/hosts   mode=0600   size=3 \\\n    uid=0\n'
                          './etc type=file optional\n./gone type=dir\n# end',
                          '# hand-made\n. type=dir\n'
                          './bin type=dir mode=0755 uid=0\n'
                          './bin/sh type=file mode=0644 uid=0 size=1\n' + kernel +
                          './etc/hosts   mode=0644   size=3 \\\n    uid=0\n'
                          './l type=link mode=0777 uid=0 size=3\n'
                          './etc type=dir optional\n# end')
        self.assertIn('-./gone type=dir\n', p.stdout)

    def test_open_directories(self):
        kernel = 'dev ignore\nproc ignore\nsys ignore\ntmp\n'
        self.manifest('/set uid=0\n. type=dir\n' + kernel +
                      'etc type=dir\n  hosts size=4 type=file\n  gone type=dir\n    x\n'
                      '/set gid=0\n    # stays\n  ..\n..\nbin type=dir\n  sh size=1\n..\n',
                      '/set uid=0\n. type=dir\n' + kernel +
                      'etc type=dir\n  hosts size=3 type=file\n'
                      '/set gid=0\n    # stays\n..\nbin type=dir\n  sh size=1\n..\n'
                      './l type=link uid=0 gid=0 size=3\n')

    def test_paths_behind_the_keywords(self):
        kernel = 'type=dir .\nignore ./dev\nignore ./proc\nignore ./sys\n./tmp\n'
        self.manifest(kernel + 'type=dir ./bin\nsize=9 ./bin/sh\ntype=dir ./etc\n'
                      'mode=0644 ./etc/hosts\nlink=x\\040y ./l\n',
                      kernel + 'type=dir ./bin\nsize=1 ./bin/sh\ntype=dir ./etc\n'
                      'mode=0644 ./etc/hosts\nlink=a\\040b ./l\n')

    def test_manifests_beside_specs(self):
        self.write('d/spec.json', json.dumps(self.spec()))
        self.write('d/spec.mtree', '. ignore\n./data mode=0755\n')
        self.run_it('d', code=1)
        p = self.run_it('d', '--update')
        self.assertIn('--- d/spec.mtree\n+++ d/spec.mtree (spec.json)\n', p.stdout)
        self.assertEqual(self.read('d/spec.mtree'), '. ignore\n./data mode=0700\n')
        self.run_it('d')

    def test_a_manifest_that_two_cases_want_differently(self):
        expect = {'mtree': 'a.mtree'}
        self.write('a.mtree', '. ignore\n./etc/hosts size=1\n')
        self.suite('s.jsonl', case('a', expect=expect),
                   case('b', expect=expect, rootfs=[dict(HOSTS, content='')]))
        p = self.run_it('s.jsonl', '--update', code=1)
        self.assertIn('not updated: b: a.mtree: the case "a" wants it in another way', p.stderr)
        self.assertEqual(self.read('a.mtree'), '. ignore\n./etc/hosts size=3\n')

    @staticmethod
    def ignoring(line):
        """The line of a manifest, with `ignore` when it is one of the kernel's directories."""
        words = line.split()
        for place in 'dev', 'proc', 'sys', 'tmp':
            if words[:1] in ([place], ['./' + place]):
                return line + ' ignore'
            if words[:1] != ['#'] and words[-1:] == ['./' + place]:
                return 'ignore ' + line
        return line

    def test_what_other_tools_write_is_read(self):
        if not shutil.which('mtree') or not shutil.which('bsdtar'):
            self.skipTest('mtree (mtree-netbsd) and bsdtar (libarchive-tools) are not installed')
        root = self.path('b/rootfs')
        os.makedirs(root + '/etc/a b')
        for place in 'dev', 'proc', 'sys', 'tmp':
            os.mkdir(root + '/' + place)
        self.write('b/rootfs/etc/a b/hosts', 'abc')
        os.symlink('a b', root + '/etc/l')
        self.write('b/config.json', json.dumps(dict(self.spec(), mounts=[])))
        made = 'mtree -c -k type,size,link'
        tools = [made, made + ' | mtree -C', made + ' | mtree -D',
                 'bsdtar --format=mtree --options="!all,type,size,link" -cf - .']
        for tool in tools:
            text = subprocess.run(tool, shell=True, cwd=root, check=True, text=True,
                                  capture_output=True).stdout
            lines = [self.ignoring(x) for x in text.splitlines()]
            self.assertEqual(sum('ignore' in x for x in lines), 4)
            self.write('b/config.mtree', '\n'.join(lines))
            self.run_it('b')
            self.write('b/rootfs/etc/a b/hosts', 'abcd')
            self.run_it('b', code=1)
            self.run_it('b', '--update')
            self.run_it('b')
            self.write('b/rootfs/etc/a b/hosts', 'abc')

    # ------------------------------------------------------------------------ what stays alone

    def test_xfail_is_not_updated(self):
        text = json.dumps(case('a', xfail='why', expect={'result': 'hang'})) + '\n'
        self.write('s.jsonl', text)
        p = self.run_it('s.jsonl', '--update')
        self.assertIn('updated: nothing; 1 left alone\n', p.stdout)
        self.assertEqual(self.read('s.jsonl'), text)

    def test_a_wrong_expectation_stays_a_failure(self):
        self.suite('s.jsonl', case('a', expect={'rseult': 'ok'}),
                   case('b', expect={'mtree': 'none.mtree'}))
        p = self.run_it('s.jsonl', '--update', code=1)
        self.assertIn('not updated: a: nothing to rewrite would make it pass', p.stderr)
        self.assertIn('not updated: b: none.mtree: no such file', p.stderr)

    def test_cases_without_an_expectation_stay_so(self):
        text = json.dumps(case('a')) + '\n'
        self.write('s.jsonl', text)
        self.run_it('s.jsonl', '--update')
        self.assertEqual(os.listdir(self.dir), ['s.jsonl'])
        self.assertEqual(self.read('s.jsonl'), text)

    def test_only_selected_cases(self):
        self.suite('s.jsonl', case('a', expect={'result': 'hang'}),
                   case('b', expect={'result': 'hang'}))
        self.run_it('s.jsonl', '--update', '--filter', 'b')
        got = [json.loads(x)['expect']['result'] for x in self.read('s.jsonl').splitlines()]
        self.assertEqual(got, ['hang', 'ok'])

    # ------------------------------------------------------------------------------ --update-all

    def test_new_expectations(self):
        self.suite('in/s.jsonl', case('a'), case('b', rootfs=[]), case('c', expect={}))
        self.write('in/spec.json', json.dumps(self.spec()))
        p = self.run_it('in', '--update-all')
        self.assertIn('--- /dev/null\n+++ in/s.expected.jsonl (a)\n', p.stdout)
        lines = self.read('in/s.expected.jsonl').splitlines()
        self.assertEqual([json.loads(x)['id'] for x in lines], ['a', 'b'])
        self.assertTrue(self.read('in/spec.mtree').startswith('#mtree\n. mode=755 '))
        self.assertIn('\n# ./data: mount of tmpfs', self.read('in/spec.mtree'))
        p = self.run_it('in')
        self.assertIn('4 cases: 4 pass\n', p.stdout)
        self.suite('in/t.jsonl', case('t'))
        self.write('in/t.expected.jsonl', json.dumps({'id': 'other'}))
        self.run_it('in', '--update-all')
        self.assertEqual(len(self.read('in/t.expected.jsonl').splitlines()), 2)
        self.run_it('in')

    def test_new_expectations_of_a_spec_that_fails(self):
        spec = self.spec()
        spec['mounts'][0]['options'] = ['mode=bad']
        self.write('spec.json', json.dumps(spec))
        result = json.loads(self.run_it('spec.json', '--format', 'jsonl').stdout)
        if result['result'] == 'ok':
            spec['process'] = None
            spec['root']['path'] = ''
            self.write('spec.json', json.dumps(spec))
            result = json.loads(self.run_it('spec.json', '--format', 'jsonl').stdout)
        self.assertEqual(result['result'], 'error')
        self.run_it('spec.json', '--update-all')
        got = json.loads(json.loads(self.read('spec.json'))['annotations']['dev.simrun.expect'])
        self.assertEqual(got, {'result': 'error', 'error': result['error']})
        self.run_it('spec.json')

    # -------------------------------------------------------------------------------- refusals

    def test_ci_refuses(self):
        text = json.dumps(case('a', expect={'result': 'hang'})) + '\n'
        self.write('s.jsonl', text)
        p = self.run_it('s.jsonl', '--update', '--ci', code=2)
        self.assertIn('--update does not go with --ci', p.stderr)
        p = self.run_it('s.jsonl', '--update-all', env={'CI': 'true'}, code=2)
        self.assertIn('--update-all: the environment says CI=true', p.stderr)
        p = self.run_it('-', '--update', code=2, input=text.encode())
        self.assertIn('standard input cannot be rewritten', p.stderr)
        self.assertEqual(self.read('s.jsonl'), text)
        self.run_it('s.jsonl', '--ci', code=1)
        self.run_it('s.jsonl', '--update', env={'CI': 'false'})

    # ----------------------------------------------------------------------------------- files

    def test_mode_and_links_stay(self):
        self.suite('real.jsonl', case('a', expect={'result': 'hang'}))
        os.chmod(self.path('real.jsonl'), 0o640)
        os.symlink('real.jsonl', self.path('s.jsonl'))
        self.run_it('s.jsonl', '--update')
        self.assertTrue(os.path.islink(self.path('s.jsonl')))
        self.assertEqual(stat.S_IMODE(os.stat(self.path('real.jsonl')).st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(self.dir)), ['real.jsonl', 's.jsonl'])

    def test_a_file_that_cannot_be_replaced(self):
        text = json.dumps(case('a', expect={'result': 'hang'})) + '\n'
        name = self.write('n' * 244 + '.jsonl', text)  # no longer one fits beside it
        p = self.run_it(name, '--update', code=3)
        self.assertIn('.jsonl: file name too long', p.stderr)
        self.assertEqual(self.read(name), text)

    def test_killed_it_leaves_the_old_or_the_new_file(self):
        cases = [case('c%03d' % i, expect={'result': 'hang', 'comment': 'x' * 20000})
                 for i in range(150)]
        self.suite('s.jsonl', *cases)
        old = self.read('s.jsonl')
        new = old.replace('"result": "hang"', '"result": "ok"')
        start = time.monotonic()
        self.run_it('s.jsonl', '--update', '--quiet')
        took = time.monotonic() - start
        self.assertEqual(self.read('s.jsonl'), new)
        rng = random.Random(1)
        for _ in range(12):
            self.write('s.jsonl', old)
            p = subprocess.Popen([SIMRUN, '--no-db', 's.jsonl', '--update'], cwd=self.dir,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env={k: v for k, v in os.environ.items() if k != 'CI'})
            try:
                p.wait(took * (0.5 + rng.random() / 2))
            except subprocess.TimeoutExpired:
                p.send_signal(signal.SIGKILL)
                p.wait()
            self.assertIn(self.read('s.jsonl'), (old, new))
            for name in os.listdir(self.dir):
                if name != 's.jsonl':
                    os.unlink(self.path(name))

    # --------------------------------------------------------------------------------- the diff

    def test_the_diff_fits_and_is_escaped(self):
        name = 'x\x1b[31m\u202e' + 'y' * 200
        self.suite('s.jsonl', case('a', rootfs=[dict(HOSTS, path=name)], expect={
            'nodes_include': [{'path': '/' + name, 'mode': '0600'}]}))
        p = self.run_it('s.jsonl', '--update')
        self.assertIn('/x\\\\u001b[31m', p.stdout)
        self.assertNotIn('\x1b', p.stdout)
        self.assertNotIn('\u202e', p.stdout)
        for line in p.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        p = self.run_it('s.jsonl', '--update', '--color', 'always')
        self.write('s.jsonl', self.read('s.jsonl').replace('0644', '0600'))
        p = self.run_it('s.jsonl', '--update', '--color', 'always')
        self.assertIn('\x1b[31m-', p.stdout)
        self.assertIn('\x1b[32m+', p.stdout)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
