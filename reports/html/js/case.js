// One case.

const TEXTS = [
    ['log', 'Log'],
    ['ops', 'Operations'],
    ['compiled', 'Compiled mounts'],
    ['host_diff', 'Changes on the host'],
    ['restore', 'Restore environment'],
];

function card(id, title, tools, ...children) {
    return el(
        'section',
        { class: 'card', id: 'case-' + id, tabindex: '-1' },
        el('div', { class: 'card-head' }, el('h2', {}, title), tools),
        children,
    );
}

function caseHead(c) {
    const at = list.found.indexOf(c);
    const step = (other, text, key) =>
        other
            ? el('a', { href: caseAddress(other), title: `${other.shown} (${key})` }, text)
            : null;
    const was = c.baseResult && (c.baseResult !== c.result || c.baseStatus !== c.status);
    return el(
        'div',
        { class: 'case-head' },
        el('h1', {}, c.shown),
        tag(c.status),
        el('span', {}, c.result),
        c.flaky ? tag('flaky', 'flip') : null,
        was
            ? el(
                  'span',
                  { class: 'was' },
                  `was ${c.baseResult}, ${c.baseStatus} in run ${report.base.id}`,
              )
            : null,
        changeNames(c)
            .filter(name => name !== 'flip' || !was)
            .map(name => tag(CHANGE_TEXT[name], name)),
        el('span', { class: 'was' }, duration(c.ns), c.nodes ? `, ${plural(c.nodes, 'node')}` : ''),
        el(
            'span',
            { class: 'step' },
            at > 0 ? step(list.found[at - 1], 'Previous', 'p') : null,
            at >= 0 ? step(list.found[at + 1], 'Next', 'n') : null,
        ),
    );
}

function outcomeCard(c, detail) {
    const error =
        detail && detail.error ? linesOf(detail.error) : c.shownError ? [c.shownError] : [];
    const old =
        detail && detail.base && detail.base.error !== detail.error && detail.base.error
            ? linesOf(detail.base.error)
            : [];
    const numbers =
        detail && (detail.fds_left || detail.leaks)
            ? el(
                  'p',
                  { class: 'note' },
                  `${plural(detail.fds_left, 'descriptor')} left, ${plural(detail.leaks, 'leaked reference')}`,
              )
            : null;
    if (!error.join('') && !old.join('') && !numbers) return null;
    return card(
        'outcome',
        'Error',
        null,
        error.join('') ? el('pre', { class: 'plain failure' }, error.join('\n')) : null,
        old.join('')
            ? [
                  el('p', { class: 'note' }, `In run ${report.base.id}:`),
                  el('pre', { class: 'plain' }, old.join('\n')),
              ]
            : null,
        numbers,
    );
}

const SEVERITIES = ['error', 'warning', 'info'];

function findingsCard(detail) {
    const sorted = [...detail.findings].sort(
        (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    );
    if (!sorted.length) return null;
    return card(
        'findings',
        'Findings',
        null,
        sorted.map(one =>
            el(
                'div',
                { class: 'finding' },
                el(
                    'span',
                    {},
                    tag(shown(one.severity), shown(one.severity) === 'info' ? 'info' : null),
                ),
                el(
                    'p',
                    {},
                    shown(one.text),
                    ' ',
                    el(
                        'span',
                        { class: 'code' },
                        one.code === 'expect' ? 'differs from what was expected' : shown(one.code),
                    ),
                ),
            ),
        ),
    );
}

function attemptsCard(c, detail) {
    if (!detail.attempts.length) return null;
    return card(
        'attempts',
        c.flaky ? 'Attempts, which did not agree' : 'Attempts',
        null,
        detail.attempts.map((one, i) =>
            el(
                'div',
                { class: 'finding' },
                el('span', {}, tag(shown(one.status))),
                el(
                    'p',
                    {},
                    shown(one.outcome),
                    one.error ? `: ${shown(one.error)}` : '',
                    ' ',
                    el(
                        'span',
                        { class: 'code' },
                        duration(one.duration_ns),
                        one.same_as !== i + 1 ? `, same as attempt ${one.same_as}` : '',
                    ),
                ),
            ),
        ),
    );
}

function compareCard(detail) {
    if (!detail.base || detail.base.tree === detail.tree || (!detail.base.tree && !detail.tree))
        return null;
    const [all, place] = treeComparison(detail.tree, detail.base.tree);
    return card('compare', 'Tree against the baseline', all, place);
}

function mountsCard(detail, choosePath) {
    const mounts = mountsOf(detail.mounts);
    if (!mounts.length) return null;
    const table = mountTable(mounts, choosePath);
    const toRow = i => {
        for (const row of table.querySelectorAll('.chosen')) row.classList.remove('chosen');
        const row = table.querySelector(`[data-mount="${i}"]`);
        row.classList.add('chosen');
        row.scrollIntoView({ block: 'center' });
    };
    const scroll = el('div', { class: 'scroll' }, table);
    return card('mounts', 'Mounts', null, mountGraph(mounts, toRow), scroll);
}

function treeCard(c, detail, path) {
    if (!detail.tree) return null;
    const panel = el('div', {
        class: 'explain',
        'aria-live': 'polite',
        'aria-label': 'Why this node is what it is',
    });
    const isMount = place =>
        Boolean(tree.items.get(place) && tree.items.get(place).node.mountpoint) ||
        !tree.items.has(place);
    let silent = true;
    const marks = new Map();
    if (detail.base && detail.base.tree && detail.base.tree !== detail.tree) {
        for (const row of pairsOf(detail.base.tree, detail.tree, false)) {
            if (row.kind !== 'same') marks.set(row.path, row.kind);
        }
    }
    const tree = makeTree(detail.tree, marks, (at, node) => {
        explainNode(panel, at, node, detail, isMount);
        if (!silent) history.replaceState(null, '', caseAddress(c, shown(at)));
    });
    if (!path || !revealPath(tree, path)) {
        const first = tree.querySelector('[role=treeitem]');
        if (first) chooseItem(tree, first, true);
        if (path)
            fill(panel, [el('p', { class: 'warn' }, `There is no node ${path} in this tree.`)]);
    }
    silent = false;
    const made = card('tree', 'Tree', null, el('div', { class: 'tree-layout' }, tree, panel));
    made.reveal = at => {
        made.scrollIntoView({ block: 'start' });
        if (revealPath(tree, shown(at))) history.replaceState(null, '', caseAddress(c, shown(at)));
    };
    return made;
}

function textCards(detail) {
    return TEXTS.map(([key, title]) => {
        const old = detail.base ? detail.base[key] : undefined;
        if (!linesOf(detail[key]).length && !(old && linesOf(old).length)) return null;
        return card(
            key,
            title,
            old !== undefined && old !== detail[key] ? tag('changed') : null,
            textLines(detail[key], old),
        );
    });
}

function contents(cards) {
    return el(
        'nav',
        { class: 'contents', 'aria-label': 'On this page' },
        cards.map(one =>
            el(
                'a',
                {
                    href: '#',
                    onclick: event => {
                        event.preventDefault();
                        one.scrollIntoView();
                        one.focus({ preventScroll: true });
                    },
                },
                one.querySelector('h2').textContent,
            ),
        ),
    );
}

function showCase(values) {
    const page = document.getElementById('case');
    const c = caseOf.get(values.case);
    const crumb = el('p', { class: 'crumb' }, el('a', { href: list.address }, 'Cases'));
    if (!c) {
        replace(
            page,
            crumb,
            el(
                'p',
                { class: 'warn' },
                'This report has no case ',
                code(shown(values.case || '')),
                '.',
            ),
        );
        return;
    }
    const detail = getDetails().case.get(c.i);
    const cards = detail
        ? caseCards(c, detail, values.path)
        : [outcomeCard(c, null)].filter(Boolean);
    const absent =
        detail && !detail.cut
            ? null
            : el(
                  'p',
                  { class: 'warn' },
                  detail
                      ? 'A part of this case was left out'
                      : 'The details of this case were left out',
                  ' to keep the report within its bound. ',
                  code(`simrun show '${c.shown}' --run ${report.run.id}`),
                  ' shows it.',
              );
    replace(
        page,
        crumb,
        caseHead(c),
        absent,
        el('div', { class: 'case-layout' }, el('div', {}, cards), contents(cards)),
    );
}

function caseCards(c, detail, path) {
    const tree = treeCard(c, detail, path);
    const cards = [
        outcomeCard(c, detail),
        findingsCard(detail),
        attemptsCard(c, detail),
        compareCard(detail),
        mountsCard(detail, at => tree && tree.reveal(at)),
        tree,
        ...textCards(detail),
    ];
    return cards.filter(Boolean);
}
