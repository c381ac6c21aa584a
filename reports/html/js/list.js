// The list of cases: filters, search, order; only the rows in sight exist.

const list = {
    found: cases,
    sort: 'attention',
    down: false,
    ready: false,
    address: '#cases',
    rows: new Map(),
};

const SORTS = {
    attention: (a, b) => attention(a) - attention(b) || a.i - b.i,
    name: (a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0),
    status: (a, b) => (a.status < b.status ? -1 : a.status > b.status ? 1 : a.i - b.i),
    result: (a, b) => (a.result < b.result ? -1 : a.result > b.result ? 1 : a.i - b.i),
    nodes: (a, b) => b.nodes - a.nodes || a.i - b.i,
    time: (a, b) => b.ns - a.ns || a.i - b.i,
};

function choice(name, label, values) {
    const options = [...values].map(([value, [text, n]]) =>
        el('option', { value }, `${text} (${count(n)})`),
    );
    return el(
        'select',
        { 'aria-label': label, 'data-key': name, onchange: listChanged },
        el('option', { value: '' }, label + ': all'),
        options,
    );
}

function tally(keys, texts) {
    const counts = new Map();
    for (const c of cases) {
        for (const key of keys(c)) {
            if (!counts.has(key)) counts.set(key, [texts ? texts[key] : key, 0]);
            counts.get(key)[1]++;
        }
    }
    return counts;
}

const COLUMNS = [
    ['name', 'Case', ''],
    ['status', 'Status', ''],
    ['result', 'Result', ''],
    ['attention', 'Changed', ''],
    ['nodes', 'Nodes', 'number'],
    ['time', 'Time', 'number'],
];

function buildList() {
    const page = document.getElementById('cases');
    list.search = el('input', {
        type: 'search',
        placeholder: 'Search names, errors, logs and paths',
        'aria-label': 'Search',
        'data-key': 'q',
        oninput: () => {
            clearTimeout(list.timer);
            list.timer = setTimeout(listChanged, 120);
        },
        onkeydown: event => {
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
                listChanged();
                focusRow(0);
                event.preventDefault();
            }
        },
    });
    list.selects = [
        choice(
            'status',
            'Status',
            tally(c => (c.flaky ? [c.status, 'flaky'] : [c.status])),
        ),
        choice(
            'result',
            'Result',
            tally(c => [c.result]),
        ),
    ];
    const changed = tally(changeNames, CHANGE_TEXT);
    if (changed.size) {
        const any = cases.filter(c => c.changes).length;
        const sorted = CHANGES.filter(([, name]) => changed.has(name)).map(([, name]) => [
            name,
            changed.get(name),
        ]);
        list.selects.push(choice('changed', 'Change', [['any', ['any change', any]], ...sorted]));
    }
    list.counter = el('span', { class: 'found', role: 'status' });
    list.head = el(
        'div',
        { class: 'list-head', role: 'row' },
        COLUMNS.map(([key, title, kind]) =>
            el(
                'button',
                { type: 'button', class: kind, 'data-sort': key, onclick: () => sortBy(key) },
                title,
            ),
        ),
    );
    list.space = el('div', { class: 'list-space' });
    list.body = el(
        'div',
        { class: 'list-body', tabindex: '-1', onscroll: drawRows, onkeydown: rowKeys },
        list.head,
        list.space,
    );
    list.empty = el(
        'p',
        { class: 'empty', hidden: true },
        'No case fits. Search looks for the text as it is shown, in names, errors, log lines and paths.',
    );
    replace(
        page,
        el('div', { class: 'filters' }, list.search, list.selects, list.counter),
        el('div', { class: 'list' }, list.empty, list.body),
    );
    addEventListener('resize', () => {
        if (!page.hidden) {
            clearRows();
            drawRows();
        }
    });
    list.ready = true;
}

function showList(values) {
    if (!list.ready) buildList();
    list.search.value = values.q || '';
    for (const select of list.selects) {
        select.value = values[select.dataset.key] || '';
        if (select.selectedIndex < 0) select.value = '';
    }
    if (Object.hasOwn(SORTS, values.sort || '')) list.sort = values.sort;
    list.down = values.order === 'down';
    findCases();
}

function listChanged() {
    clearTimeout(list.timer);
    const values = { q: list.search.value };
    for (const select of list.selects) values[select.dataset.key] = select.value;
    if (list.sort !== 'attention') values.sort = list.sort;
    if (list.down) values.order = 'down';
    list.address = address('cases', values);
    history.replaceState(null, '', list.address);
    findCases();
}

function sortBy(key) {
    list.down = list.sort === key && !list.down;
    list.sort = key;
    listChanged();
}

function findCases() {
    const [status, result, changed] = list.selects.map(select => select.value);
    const bit = changed && changed !== 'any' ? CHANGES.find(([, name]) => name === changed)[0] : ~0;
    const found = search(
        cases.filter(
            c =>
                (!status || c.status === status || (status === 'flaky' && c.flaky)) &&
                (!result || c.result === result) &&
                (!changed || c.changes & bit),
        ),
        list.search.value.trim(),
    );
    list.found = found.sort(SORTS[list.sort]);
    if (list.down) list.found.reverse();
    for (const button of list.head.children) {
        const on = button.dataset.sort === list.sort;
        if (on) button.setAttribute('aria-sort', list.down ? 'descending' : 'ascending');
        else button.removeAttribute('aria-sort');
    }
    list.counter.textContent =
        list.found.length === cases.length
            ? plural(cases.length, 'case')
            : `${count(list.found.length)} of ${plural(cases.length, 'case')}`;
    list.empty.hidden = list.found.length > 0;
    list.body.hidden = list.found.length === 0;
    list.body.scrollTop = 0;
    clearRows();
    drawRows();
}

// ---- Rows

// The head stays above the rows, inside of what scrolls, so that columns agree.
const headHeight = () => list.head.offsetHeight;
const rowHeight = () => (matchMedia('(max-width: 860px)').matches ? 58 : 38);

function clearRows() {
    list.space.replaceChildren();
    list.rows.clear();
}

function row(c, i, height) {
    const names = changeNames(c);
    const why = names.length
        ? [tag(CHANGE_TEXT[names[0]], names[0]), names.length > 1 ? ` +${names.length - 1}` : null]
        : null;
    const made = el(
        'a',
        { class: 'list-row', href: caseAddress(c), 'data-i': i, title: c.shownError || null },
        el('span', { class: 'name' }, c.shown),
        el('span', { class: 'status' }, tag(c.status)),
        el('span', { class: 'result' }, c.result),
        el('span', { class: 'why' }, why),
        el('span', { class: 'number nodes' }, c.nodes ? count(c.nodes) : ''),
        el('span', { class: 'number time' }, duration(c.ns)),
    );
    made.style.top = i * height + 'px';
    return made;
}

function drawRows() {
    const height = rowHeight();
    const first = Math.max(0, Math.floor(list.body.scrollTop / height) - 5);
    const last = Math.min(
        list.found.length,
        Math.ceil((list.body.scrollTop + list.body.clientHeight) / height) + 5,
    );
    list.space.style.height = list.found.length * height + 'px';
    for (const [i, element] of list.rows) {
        if (i < first || i >= last) {
            element.remove();
            list.rows.delete(i);
        }
    }
    for (let i = first; i < last; i++) {
        if (!list.rows.has(i)) {
            const element = row(list.found[i], i, height);
            list.rows.set(i, element);
            const after = list.rows.get(i + 1); // the order of the page is the order of reading
            list.space.insertBefore(element, after || null);
        }
    }
}

function focusRow(i) {
    if (i < 0 || i >= list.found.length) return;
    const height = rowHeight();
    if (i * height < list.body.scrollTop) list.body.scrollTop = i * height;
    const room = list.body.clientHeight - headHeight();
    if ((i + 1) * height > list.body.scrollTop + room)
        list.body.scrollTop = (i + 1) * height - room;
    drawRows();
    list.rows.get(i).focus({ preventScroll: true });
}

function rowKeys(event) {
    const at =
        event.target.dataset && event.target.dataset.i !== undefined
            ? Number(event.target.dataset.i)
            : -1;
    const page = Math.floor(list.body.clientHeight / rowHeight());
    const to = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: Math.min(at + page, list.found.length - 1),
        PageUp: Math.max(at - page, 0),
        Home: 0,
        End: list.found.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) list.search.focus();
    else focusRow(to);
}
