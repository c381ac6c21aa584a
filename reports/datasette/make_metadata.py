#!/usr/bin/env python3
"""Makes metadata.json for datasette: descriptions from the comments of the schema, queries from simrun itself.

usage: make_metadata.py SIMRUN > metadata.json
"""
import json
import os
import re
import subprocess
import sys

REPORTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What comments cannot say: how a table is best looked at.
LOOK = {
    'run': {'label_column': 'started', 'sort_desc': 'id', 'facets': ['state', 'profile', 'label']},
    'result': {'label_column': 'name', 'facets': ['run', 'result', 'status']},
    'case_result': {'facets': ['run', 'result', 'status', 'bad']},
    'plan': {'label_column': 'name'},
    'mount': {'facets': ['type', 'fs', 'state']},
    'result_mount': {'facets': ['run', 'type', 'fs', 'state']},
    'finding': {'facets': ['severity', 'code']},
    'node': {'facets': ['type', 'fs']},
    'search_text': {'fts_table': 'search', 'fts_pk': 'id', 'facets': ['kind']},
    'run_flips': {'facets': ['new_run', 'old_result', 'new_result']},
    'first_bad': {'facets': ['run', 'first_bad']},
    'fuzz_crash': {'facets': ['target', 'kind']},
}
HIDDEN = ('mount_item', 'mount_list', 'mount_row', 'search_config', 'search_data', 'search_docsize', 'search_idx', 'search_state')


def read(name):
    with open(os.path.join(REPORTS, name)) as f:
        return f.read()


def columns(body):
    """Column -> comment, of the lines between the parentheses of a CREATE TABLE."""
    found, last = {}, None
    for line in body.split('\n'):
        m = re.match(r'    (\w+) +\w.*?-- (.*)$', line)
        if m:
            last = m.group(1)
            found[last] = m.group(2).strip()
            continue
        m = re.match(r' {8,}-- (.*)$', line)
        if m and last:
            found[last] += ' ' + m.group(1).strip()
        else:
            last = None
    return found


def described(sql):
    """Every table and view with the comment above it and, for tables, the columns' comments."""
    found, comment = {}, []
    lines = sql.split('\n')
    for i, line in enumerate(lines):
        if line.startswith('-- '):
            comment.append(line[3:].strip())
            continue
        m = re.match(r'CREATE (TABLE|VIEW|VIRTUAL TABLE) (\w+)', line)
        if m:
            entry = {'description': ' '.join(comment)} if comment else {}
            if m.group(1) == 'TABLE':
                end = next(k for k in range(i, len(lines)) if lines[k].startswith(')'))
                named = columns('\n'.join(lines[i + 1:end]))
                if named:
                    entry['columns'] = named
            found[m.group(2)] = entry
        if not line.startswith('--'):
            comment = [] if line.strip() == '' or m else comment
    return found


def named_columns(view):
    """Column -> comment, of the lines "... AS name -- comment" of a CREATE VIEW."""
    sql = read('views.sql')
    start = sql.index('CREATE VIEW %s AS' % view)
    return dict(re.findall(r' AS (\w+),? +-- (.*)', sql[start:sql.index(';\n\n', start)]))


def main():
    tables = described(read('schema.sql'))
    tables.update(described(read('views.sql')))
    parts = {**tables['mount_item']['columns'], **tables['mount_row']['columns'], **named_columns('mount')}
    tables['mount']['columns'] = {k: v for k, v in parts.items() if k not in ('id', 'hash', 'mount')}
    for name, look in LOOK.items():
        tables[name].update(look)
    for name in HIDDEN:
        tables.setdefault(name, {})['hidden'] = True
    out = subprocess.run([sys.argv[1], 'query', '--format', 'jsonl'], check=True, capture_output=True, text=True)
    queries = {}
    for line in out.stdout.splitlines():
        q = json.loads(line)
        queries[q['name']] = {'title': q['name'], 'description': q['about'] + ' (' + q['columns'] + ')', 'sql': q['sql']}
    metadata = {
        'title': 'simrun: what containers get',
        'description': 'Runs, cases, trees and mounts as simrun recorded them. Start with case_result and the queries; '
                       'a query with a field for the run takes its number, empty = the newest.',
        'databases': {'simrun': {'tables': dict(sorted(tables.items())), 'queries': queries}},
    }
    json.dump(metadata, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write('\n')


main()
