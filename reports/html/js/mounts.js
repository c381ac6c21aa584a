// Mounts as a table, and which is mounted in which.

const isOff = m => !m.fs || ['skipped', 'failed', 'pending', 'dropped'].includes(m.state);

function mountState(m) {
    if (m.lost) return 'lost';
    if (m.shadowed_by !== undefined) return 'hidden';
    if (m.state && m.state !== 'done') return m.state;
    return m.fs ? '' : 'not mounted';
}

// Where a mount is: where the links led, else the destination, cleaned.
function placeOf(m) {
    const names = [];
    for (const name of (m.place || m.destination || '/').split('/')) {
        if (name === '..') names.pop();
        else if (name && name !== '.') names.push(name);
    }
    return '/' + names.join('/');
}

const isBelow = (path, above) => path !== above && (above === '/' || path.startsWith(above + '/'));

const parentPath = path => path.slice(0, path.lastIndexOf('/')) || '/';

// The mount with the longest place above; one that was made rather than one that was not.
function mountAbove(node, made, any) {
    for (let path = node.place; path !== '/';) {
        path = parentPath(path);
        const above = made.get(path) || (isOff(node.m) ? any.get(path) : null);
        if (above) return above;
    }
    return null;
}

// Every mount below the one that it was mounted in.
function mountTree(mounts) {
    const nodes = mounts.map((m, i) => ({ m, i, place: placeOf(m), below: [], above: null }));
    const any = new Map(nodes.map(node => [node.place, node]));
    const made = new Map(nodes.filter(node => !isOff(node.m)).map(node => [node.place, node]));
    for (const node of nodes) {
        node.above = mountAbove(node, made, any);
        if (node.above) node.above.below.push(node);
    }
    const inOrder = (x, y) => (x.place < y.place ? -1 : x.place > y.place ? 1 : x.i - y.i);
    for (const node of nodes) node.below.sort(inOrder);
    return nodes.filter(node => !node.above);
}

// ---- The table

function origin(m) {
    if (m.spec_index !== undefined) return `mounts[${m.spec_index}] of the spec`;
    return m.op !== undefined ? `operation ${m.op}` : 'the pipeline';
}

const aside = (...children) => el('div', { class: 'aside' }, children);

// A link into the tree where the tree shows the mount.
function destination(m, choose) {
    const text = code(shown(m.destination || '/'));
    if (m.state && m.seen_at === undefined) return text;
    const go = event => {
        event.preventDefault();
        choose(m.seen_at || placeOf(m));
    };
    return el('a', { href: '#', onclick: go }, text);
}

function stateTag(m) {
    const state = mountState(m);
    const kind = { hidden: 'hidden-by', 'not mounted': 'skipped' }[state] || state;
    return state ? tag(state, kind) : null;
}

// Why it was not made, where more than a row of the contract says it.
function whyOff(m) {
    const reasons = isOff(m) && parsed(m.reasons);
    return Array.isArray(reasons)
        ? reasons.filter(one => one && typeof one.text === 'string').map(one => one.text)
        : [];
}

function mountRow(m, i, choose) {
    const moved = m.place && m.place !== m.destination;
    const by = m.shadowed_by !== undefined;
    return el(
        'tr',
        { 'data-mount': i },
        el('td', { class: 'number' }, String(i)),
        el(
            'td',
            {},
            [destination(m, choose), ' ', stateTag(m)],
            moved ? aside('really at ', code(shown(m.place))) : null,
            m.created ? aside('created ', code(shown(m.created))) : null,
        ),
        el(
            'td',
            {},
            code(shown(m.type || '-')),
            m.source ? aside('from ', code(shown(m.source))) : null,
        ),
        el(
            'td',
            {},
            origin(m),
            m.rules ? aside(code(shown(m.rules))) : null,
            by ? aside(`hidden by mount ${m.shadowed_by}`) : null,
            whyOff(m).map(text => aside(shown(text))),
        ),
        el(
            'td',
            {},
            m.flags ? code(shown(m.flags)) : null,
            m.ignored ? aside('ignored ', code(shown(m.ignored).replace(/,/g, ', '))) : null,
        ),
    );
}

function mountTable(mounts, choose) {
    const titles = ['', 'Destination', 'Type', 'Made by', 'Flags and options'];
    const head = titles.map(title => el('th', { scope: 'col' }, title));
    return el(
        'table',
        { class: 'mount-table' },
        el('thead', {}, el('tr', {}, head)),
        el(
            'tbody',
            {},
            mounts.map((m, i) => mountRow(m, i, choose)),
        ),
    );
}
