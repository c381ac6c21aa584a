"""Reports, read by tools that others wrote: prove, xmllint, junitparser, jsonschema, bsdtar, dot."""
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

SIMRUN = None
SOURCES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STREAMED = ('text', 'jsonl', 'csv', 'tap', 'junit', 'sarif', 'github')

# Debian's modules also for an interpreter of one's own.
sys.path.append('/usr/lib/python3/dist-packages')
try:
    import junitparser
except ImportError:
    junitparser = None
try:
    import jsonschema
except ImportError:
    jsonschema = None

HOSTILE = 'x\x1b[2J\x9b1m\u202e#\\"\'<script>&%,:;=\n\t\r]]>\ufeff\U000e0041 end'
# What every format but JSON Lines gives in its place.
SHOWN = ('x\\x1b[2J\\u{9b}1m\\u{202e}#\\\\"\'<script>&%,:;=\\n\\t\\x0d]]>\\u{feff}\\u{e0041} end')
# Control characters, and what reorders or hides text; line breaks are looked at apart.
ACTS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff'
                  '\U000e0000-\U000e007f]')

# The parts of SARIF 2.1.0 that simrun writes, by hand from the standard's text: required members,
# types, enumerations; no other members. The whole schema of OASIS accepts the same documents.
TEXT = {'type': 'object', 'required': ['text'], 'properties': {'text': {'type': 'string'}},
        'additionalProperties': False}
LEVEL = {'enum': ['none', 'note', 'warning', 'error']}
TIME = {'type': 'string', 'pattern': r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'}
SARIF = {
    'type': 'object', 'required': ['version', 'runs'], 'additionalProperties': False,
    'properties': {
        '$schema': {'type': 'string', 'format': 'uri'},
        'version': {'const': '2.1.0'},
        'runs': {'type': 'array', 'minItems': 1, 'maxItems': 1, 'items': {
            'type': 'object', 'required': ['tool', 'results'], 'additionalProperties': False,
            'properties': {
                'tool': {'type': 'object', 'required': ['driver'], 'additionalProperties': False,
                         'properties': {'driver': {
                             'type': 'object', 'required': ['name', 'rules'],
                             'additionalProperties': False,
                             'properties': {
                                 'name': {'const': 'simrun'}, 'version': {'type': 'string'},
                                 'rules': {'type': 'array', 'uniqueItems': True, 'items': {
                                     'type': 'object',
                                     'required': ['id', 'shortDescription',
                                                  'defaultConfiguration'],
                                     'additionalProperties': False,
                                     'properties': {
                                         'id': {'type': 'string', 'minLength': 1},
                                         'shortDescription': TEXT,
                                         'defaultConfiguration': {
                                             'type': 'object', 'properties': {'level': LEVEL},
                                             'additionalProperties': False}}}}}}}},
                'columnKind': {'enum': ['utf16CodeUnits', 'unicodeCodePoints']},
                'automationDetails': {'type': 'object', 'additionalProperties': False,
                                      'properties': {'id': {'type': 'string'}}},
                'invocations': {'type': 'array', 'items': {
                    'type': 'object', 'required': ['executionSuccessful'],
                    'additionalProperties': False,
                    'properties': {
                        'executionSuccessful': {'type': 'boolean'},
                        'startTimeUtc': TIME, 'endTimeUtc': TIME,
                        'toolExecutionNotifications': {'type': 'array', 'items': {
                            'type': 'object', 'required': ['message'],
                            'additionalProperties': False,
                            'properties': {'level': LEVEL, 'message': TEXT}}}}}},
                'properties': {'type': 'object'},
                'results': {'type': 'array', 'items': {
                    'type': 'object',
                    'required': ['message', 'ruleId', 'level', 'locations', 'partialFingerprints'],
                    'additionalProperties': False,
                    'properties': {
                        'ruleId': {'type': 'string', 'minLength': 1},
                        'ruleIndex': {'type': 'integer', 'minimum': 0},
                        'level': LEVEL, 'message': TEXT,
                        'locations': {'type': 'array', 'minItems': 1, 'items': {
                            'type': 'object', 'additionalProperties': False,
                            'properties': {
                                'physicalLocation': {
                                    'type': 'object', 'required': ['artifactLocation'],
                                    'additionalProperties': False,
                                    'properties': {
                                        'artifactLocation': {
                                            'type': 'object', 'additionalProperties': False,
                                            'properties': {
                                                'uri': {'type': 'string',
                                                        'pattern': "^[A-Za-z0-9._~%:/-]+$"},
                                                'uriBaseId': {'const': '%SRCROOT%'}}},
                                        'region': {'type': 'object', 'additionalProperties': False,
                                                   'properties': {'startLine': {
                                                       'type': 'integer', 'minimum': 1}}}}},
                                'logicalLocations': {'type': 'array', 'items': {
                                    'type': 'object', 'additionalProperties': False,
                                    'properties': {'fullyQualifiedName': {'type': 'string'}}}}}}},
                        'partialFingerprints': {'type': 'object',
                                                'additionalProperties': {'type': 'string'}},
                        'suppressions': {'type': 'array', 'items': {
                            'type': 'object', 'required': ['kind'], 'additionalProperties': False,
                            'properties': {'kind': {'enum': ['inSource', 'external']},
                                           'justification': {'type': 'string'}}}},
                        'properties': {'type': 'object'}}}}}}}}}


def case(name, **more):
    return dict({'id': name, 'spec': {'ociVersion': '1.0.0', 'root': {'path': '@rootfs'}},
                 'rootfs': [{'path': 'etc', 'type': 'dir'}]}, **more)


def needs(name):
    return unittest.skipUnless(shutil.which(name), name + ' is not installed')


class Reports(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-report-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        with open(self.path(name), newline='', encoding='utf-8') as f:
            return f.read()

    def suite(self, name, *cases):
        with open(self.path(name), 'w') as f:
            f.write(''.join(json.dumps(c) + '\n' for c in cases))
        return name

    def run_it(self, *args, code=0, **more):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, timeout=300, **more)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout[-2000:], p.stderr))
        return p.stdout.decode()

    def tool(self, *args, code=0, **more):
        p = subprocess.run(args, cwd=self.dir, capture_output=True, text=True, timeout=300, **more)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p.stdout

    def mixed(self):
        """One case of each status; `a` passes."""
        return self.suite(
            's.jsonl',
            case('a', expect={'result': 'ok'}),
            case('b # TODO no', expect={'result': 'error', 'error': 'none'}),
            case('c', expect={'result': 'error'}, xfail='issue #7'),
            case('d', expect={'result': 'ok'}, xfail='no more'),
            case('e', spec={'ociVersion': '1.0.0', 'root': {'path': '@rootfs'},
                            'mounts': [{'destination': '/odd', 'type': 'btrfs', 'source': 'x'}]}))

    # ----------------------------------------------------------------------------------- formats

    def proved(self, text, code):
        """TAP 14 is read by those who know 13: prove before 3.45 refuses the number alone."""
        with open(self.path('t.tap'), 'w', encoding='utf-8') as f:
            f.write(text.replace('TAP version 14\n', 'TAP version 13\n', 1))
        return self.tool('prove', '-v', 't.tap', code=code)

    @needs('prove')
    def test_tap_is_read_by_prove(self):
        text = self.run_it('--no-db', '--format', 'tap', self.mixed(), code=1)
        self.assertTrue(text.startswith('TAP version 14\n'))
        out = self.proved(text, 1)
        self.assertIn('Failed tests:  2, 4', out)
        self.assertIn('Failed 2/5 subtests', out)
        self.assertNotIn('Parse errors', out)
        good = self.run_it('--no-db', '--format', 'tap', '--filter', '[ace]', 's.jsonl')
        self.assertIn('Result: PASS', self.proved(good, 0))

    def test_tap_diagnostics_are_yaml_of_json_strings(self):
        text = self.run_it('--no-db', '--format', 'tap', self.mixed(), code=1)
        block = text.split('  ---\n')[1].split('  ...\n')[0]
        members = dict(re.findall(r'^  (\w+): (.+)$', block, re.M))
        self.assertEqual(json.loads(members['status']), 'fail')
        self.assertIn('want "error" got "ok"', json.loads(members['message']))
        self.assertEqual(members['line'], '2')
        again = json.loads(members['replay'])
        bin_dir = self.path('bin')
        os.mkdir(bin_dir)
        os.symlink(os.path.abspath(SIMRUN), os.path.join(bin_dir, 'simrun'))
        out = self.tool('bash', '-c', again + ' --no-db', code=1,
                        env=dict(os.environ, PATH=bin_dir + ':' + os.environ['PATH']))
        self.assertIn('1 case: 1 fail', out)

    def test_a_replay_has_what_decides_the_result(self):
        options = ['--quirk', 'VQ-09=off', '--host', 'dir', '--gofer', 'thread', '--restore-check']
        live = self.run_it('--db', 'r.db', '--format', 'tap', *options, self.mixed(), code=1)
        stored = self.run_it('report', 'tap', '--db', 'r.db')
        lines = re.findall('^  replay: (.*)$', live, re.M)
        self.assertEqual(lines, re.findall('^  replay: (.*)$', stored, re.M))
        self.assertIn(' '.join(options), json.loads(lines[0]))

    @needs('xmllint')
    def test_junit_is_well_formed(self):
        self.run_it('--no-db', '-q', '--report', 'junit=r.xml', self.mixed(), code=1)
        self.tool('xmllint', '--noout', 'r.xml')

    @unittest.skipUnless(junitparser, 'junitparser is not installed')
    def test_junit_is_read_by_junitparser(self):
        self.run_it('--no-db', '-q', '--report', 'junit=r.xml', self.mixed(), code=1)
        document = junitparser.JUnitXml.fromfile(self.path('r.xml'))
        suite, = list(document)
        cases = list(suite)
        self.assertEqual([suite.tests, suite.failures, suite.errors, suite.skipped], [5, 2, 0, 1])
        self.assertEqual([c.name for c in cases], ['a', 'b # TODO no', 'c', 'd', 'e'])
        self.assertEqual({c.classname for c in cases}, {'s'})
        kinds = [[type(r).__name__ for r in c.result] for c in cases]
        self.assertEqual(kinds, [[], ['Failure'], ['Skipped'], ['Failure'], []])
        self.assertIn('issue #7', cases[2].result[0].message)
        self.assertIn('W ignoring unknown filesystem type', cases[4].system_out)
        self.assertAlmostEqual(sum(c.time for c in cases), suite.time, places=4)

    @unittest.skipUnless(jsonschema, 'jsonschema is not installed')
    def test_sarif_follows_the_standard(self):
        self.run_it('--no-db', '-q', '--report', 'sarif=r.sarif', self.mixed(), code=1)
        document = json.loads(self.read('r.sarif'))
        jsonschema.Draft7Validator(SARIF).validate(document)
        run, = document['runs']
        rules = [r['id'] for r in run['tool']['driver']['rules']]
        texts = {r['id']: r['shortDescription']['text'] for r in run['tool']['driver']['rules']}
        with open(os.path.join(SOURCES, 'model/contract/rows.tsv')) as f:
            rows = {x.split('\t')[0]: x.split('\t')[4] for x in f}
        self.assertEqual(texts['PQ-22'], rows['PQ-22'])
        for result in run['results']:
            self.assertEqual(rules[result['ruleIndex']], result['ruleId'])
        told = {r['properties']['case']: (r['ruleId'], r['level'], bool(r.get('suppressions')))
                for r in run['results']}
        self.assertEqual(told['b # TODO no'], ('expect', 'error', False))
        self.assertEqual(told['c'], ('expect', 'error', True))
        self.assertEqual(told['d'], ('xpass', 'error', False))
        self.assertEqual(told['e'][1], 'warning')
        self.assertNotIn('a', told)
        place = run['results'][0]['locations'][0]['physicalLocation']
        self.assertEqual(place['artifactLocation']['uri'], 's.jsonl')
        self.assertEqual(place['region']['startLine'], 2)
        prints = [r['partialFingerprints']['simrun/v1'] for r in run['results']]
        self.assertEqual(len(prints), len(set(prints)))
        # Another run, from a file with another line before it: the same prints.
        lines = self.read('s.jsonl')
        with open(self.path('s.jsonl'), 'w') as f:
            f.write(json.dumps(case('0', expect={'result': 'ok'})) + '\n' + lines)
        self.run_it('--no-db', '-q', '--report', 'sarif=r.sarif', 's.jsonl', code=1)
        again = json.loads(self.read('r.sarif'))['runs'][0]['results']
        self.assertEqual(prints, [r['partialFingerprints']['simrun/v1'] for r in again])

    @unittest.skipUnless(jsonschema, 'jsonschema is not installed')
    def test_lines_follow_their_schema(self):
        with open(os.path.join(SOURCES, 'reports/schema/result-1.schema.json')) as f:
            schema = json.load(f)
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        corpus = os.path.join(SOURCES, 'corpus')
        golden = os.path.join(SOURCES, 'tests/conformance/golden/restore.jsonl.gz')
        text = self.run_it('--no-db', '-q', '--format', 'jsonl', corpus + '/named',
                           corpus + '/bundles', golden)
        text += self.run_it('--no-db', '-q', '--format', 'jsonl', self.mixed(), code=1)
        lines = [json.loads(x) for x in text.splitlines()]
        self.assertGreater(len(lines), 400)
        for line in lines:
            line['nodes'] = line.get('nodes', [])[:40] or [dict(
                path='/', type='dir', mode='0755', uid=0, gid=0, nlink=1, fs='', flags='',
                mountpoint=True, overlay=False, readdir=True)]
            validator.validate(line)
        with self.assertRaises(jsonschema.ValidationError):
            validator.validate(dict(lines[0], surprise=1))

    def test_csv_is_read_and_holds_no_formulas(self):
        suite = self.suite('s.jsonl', case('=cmd|x'), case('-1'), case('a,"b"'), case('plain'))
        text = self.run_it('--no-db', '--format', 'csv', suite)
        self.assertEqual(len(text.split('\r\n')), 6)
        rows = list(csv.DictReader(io.StringIO(text, newline='')))
        self.assertEqual([r['name'] for r in rows], ["'=cmd|x", "'-1", 'a,"b"', 'plain'])
        self.assertEqual({r['result'] for r in rows}, {'ok'})
        self.assertEqual([r['line'] for r in rows], ['1', '2', '3', '4'])

    @needs('bsdtar')
    def test_mtree_is_read_by_bsdtar(self):
        self.run_it('--no-db', '-q', '--report', 'mtree=m/', self.mixed(), code=1)
        self.assertEqual(sorted(os.listdir(self.path('m'))),
                         ['a.mtree', 'b%20%23%20TODO%20no.mtree', 'c.mtree', 'd.mtree', 'e.mtree'])
        line = json.loads(self.run_it('--no-db', '-q', '--format', 'jsonl', '--filter', 'a',
                                      's.jsonl'))
        names = self.tool('bsdtar', '-tf', 'm/a.mtree').split('\n')[:-1]
        self.assertEqual(sorted('/' + n[2:] for n in names), [n['path'] for n in line['nodes']])

    @needs('dot')
    def test_graphs_are_read_by_dot(self):
        self.run_it('--no-db', '-q', '--report', 'dot=d/', self.mixed(), code=1)
        for name in os.listdir(self.path('d')):
            self.tool('dot', '-Tsvg', '-o', name + '.svg', os.path.join('d', name))
            xml.parse(self.path(name + '.svg'))
        self.assertIn('not mounted: skipped', self.read('e.dot.svg'))

    def test_annotations_are_limited(self):
        suite = self.suite('s.jsonl', *[case('c%d' % i, expect={'result': 'error'})
                                        for i in range(30)])
        lines = self.run_it('--no-db', '--format', 'github', suite, code=1).splitlines()
        self.assertEqual(len(lines), 11)
        self.assertTrue(lines[0].startswith('::error file=s.jsonl,line=1,title=c0::result: want '))
        self.assertEqual(lines[-1], '::notice title=simrun::and 20 more failures')

    # ------------------------------------------------------------------------------------- bytes

    def test_live_and_stored_are_the_same_bytes(self):
        corpus = os.path.join(SOURCES, 'corpus/named')
        args = [x for f in STREAMED for x in ('--report', '%s=live.%s' % (f, f))]
        self.run_it('-q', '--db', 'x.db', '-j2', *args, '--report', 'mtree=live.mtree/',
                    '--report', 'dot=live.dot/', corpus)
        for f in STREAMED:
            self.run_it('report', f, '--db', 'x.db', '-o', 'stored.' + f)
            self.assertEqual(self.read('live.' + f), self.read('stored.' + f), f)
        for f in ('mtree', 'dot'):
            self.run_it('report', f, '--db', 'x.db', '-o', 'stored.%s/' % f)
            names = os.listdir(self.path('live.' + f))
            self.assertGreater(len(names), 200)
            self.assertEqual(sorted(names), sorted(os.listdir(self.path('stored.' + f))))
            for name in names:
                self.assertEqual(self.read('live.%s/%s' % (f, name)),
                                 self.read('stored.%s/%s' % (f, name)))

    def test_a_hostile_case_in_every_format(self):
        spec = {'ociVersion': '1.0.0', 'root': {'path': '@rootfs'}, 'mounts': [
            {'destination': '/' + HOSTILE.replace('/', ''), 'type': 'tmpfs', 'source': HOSTILE,
             'options': [HOSTILE]}]}
        suite = self.suite('s.jsonl', case(
            HOSTILE, spec=spec, xfail=None, expect={'error': HOSTILE},
            rootfs=[{'path': HOSTILE, 'type': 'dir'},
                    {'path': 'l', 'type': 'symlink', 'target': HOSTILE}]))
        outputs = {}
        for f in STREAMED + ('mtree', 'dot'):
            outputs[f] = self.run_it('--format', f, '--db', f + '.db', suite, code=1)
        for command in ('show', 'tree'):
            outputs[command] = self.run_it(command, HOSTILE, '--db', 'csv.db')
        outputs['query'] = self.run_it('query', 'findings', '--db', 'csv.db')
        self.suite('s.jsonl', case(HOSTILE, spec=spec, rootfs=[{'path': 'x', 'type': 'dir'}]),
                   case('other'))
        self.run_it('-q', '--db', 'csv.db', suite)
        outputs['diff'] = self.run_it('diff', 'latest~1', 'latest', '--db', 'csv.db', code=1)
        self.assertIn(SHOWN[:20], outputs['diff'])
        outputs['summary'] = self.run_it('--no-db', suite)
        for f, text in outputs.items():
            found = ACTS.search(text.replace('\r\n', '\n').replace('\n', ''))
            self.assertIsNone(found, '%s: %r' % (f, found))
        self.assertEqual(json.loads(outputs['jsonl'])['id'], HOSTILE)
        self.assertEqual(next(csv.DictReader(io.StringIO(outputs['csv'], newline='')))['name'],
                         SHOWN)
        name = re.search(r'^not ok 1 - (.*)$', outputs['tap'], re.M).group(1)
        self.assertEqual(re.sub(r'\\(.)', r'\1', name), SHOWN)
        self.assertEqual(xml.fromstring(outputs['junit']).find('.//testcase').get('name'), SHOWN)
        result = json.loads(outputs['sarif'])['runs'][0]['results'][0]
        self.assertEqual(result['properties']['case'], SHOWN)
        title = re.search(r',title=(.*?)::', outputs['github']).group(1)
        self.assertEqual(re.sub('%(..)', lambda m: chr(int(m.group(1), 16)), title), SHOWN)
        label = re.search(r'label="(.*?): \w+\\n"\]', outputs['dot'], re.S).group(1)
        self.assertEqual(re.sub(r'\\(.)', r'\1', label.split(': ok')[0]), SHOWN)
        path = json.loads(outputs['jsonl'])['nodes']
        self.assertIn('/' + HOSTILE, [n['path'] for n in path])
        self.assertTrue(outputs['mtree'].isascii())

    # ------------------------------------------------------------------------------------ endings

    def test_an_interrupted_run_leaves_whole_documents(self):
        with open(self.path('g.jsonl'), 'w') as f:
            subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', '4000'], stdout=f,
                           check=True)
        p = subprocess.Popen([SIMRUN, '-q', '--no-db', '--format', 'jsonl', '--report',
                              'junit=r.xml', '--report', 'tap=r.tap', '--report', 'sarif=r.sarif',
                              'g.jsonl'], cwd=self.dir, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        lines = [p.stdout.readline()]
        p.send_signal(signal.SIGINT)
        lines += p.stdout.readlines()
        p.stdout.close()
        self.assertEqual(p.wait(60), 130)
        self.assertLess(len(lines), 4000)
        root = xml.parse(self.path('r.xml')).getroot()
        self.assertEqual(int(root.get('tests')), len(lines))
        self.assertEqual(len(root.findall('.//testcase')), len(lines))
        tap = self.read('r.tap')
        self.assertIn('\n1..%d\nBail out! The run ended early: %d of 4000 cases ran\n'
                      % (len(lines), len(lines)), tap)
        sarif = json.loads(self.read('r.sarif'))
        self.assertFalse(sarif['runs'][0]['invocations'][0]['executionSuccessful'])

    def test_a_killed_run_leaves_what_was_there(self):
        with open(self.path('r.xml'), 'w') as f:
            f.write('old')
        with open(self.path('g.jsonl'), 'w') as f:
            subprocess.run([SIMRUN, 'gen', '--family', 'mix', '--count', '4000'], stdout=f,
                           check=True)
        p = subprocess.Popen([SIMRUN, '-q', '-j1', '--no-db', '--format', 'jsonl', '--report',
                              'junit=r.xml', 'g.jsonl'], cwd=self.dir, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        p.stdout.readline()
        p.kill()
        p.stdout.close()
        self.assertEqual(p.wait(60), -signal.SIGKILL)
        self.assertEqual(self.read('r.xml'), 'old')

    def test_every_format_of_a_run_is_listed(self):
        listed = [x.split()[0] for x in self.run_it('report').splitlines()]
        suite = self.suite('s.jsonl', case('a'))
        for f in listed:
            if f != 'html':
                self.assertTrue(self.run_it('--no-db', '--format', f, suite) or f == 'github', f)
        self.assertEqual(set(STREAMED + ('mtree', 'dot')) - set(listed), set())


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
