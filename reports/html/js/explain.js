// Why a node is what it is.

function parsed(text) {
    try {
        return text === undefined ? null : JSON.parse(text);
    } catch {
        return null;
    }
}

// The mount that a path belongs to: whose place in the tree is the path or the nearest above it.
function mountAt(mounts, path, mountpoints) {
    let best = null;
    mounts.forEach((m, i) => {
        const at =
            m.state !== undefined
                ? m.seen_at
                : mountpoints(placeOf(m)) && m.shadowed_by === undefined && m.fs
                  ? placeOf(m)
                  : undefined;
        if (
            at !== undefined &&
            (at === path || isBelow(path, at)) &&
            (!best || at.length >= best.at.length)
        )
            best = { m, i, at };
    });
    return best;
}

function fact(title, value) {
    return value === undefined || value === null || value === ''
        ? null
        : [el('dt', {}, title), el('dd', {}, value)];
}

const TYPES = {
    __proto__: null,
    dir: 'directory',
    file: 'regular file',
    symlink: 'symbolic link',
    fifo: 'FIFO',
    sock: 'socket',
    chr: 'character device',
    blk: 'block device',
};

function layerText(node) {
    if (!node.overlay) return null;
    const layers = node.layers
        ? node.layers.split(' ')
        : [node.upper, node.lower].filter(one => one !== undefined);
    const named = layers.map(fsName).map(shown);
    if (node.layers || (node.upper !== undefined && node.lower !== undefined))
        return `merged: ${named.join(' over ')}`;
    return node.upper !== undefined ? `upper layer (${named[0]})` : `lower layer (${named[0]})`;
}

function nodeFacts(node) {
    return el(
        'dl',
        {},
        fact(
            'Type',
            (TYPES[node.type] || (node.type && shown(node.type)) || 'not recorded, only on the way') +
                (node.special ? ', special' : ''),
        ),
        fact('Mode', node.mode && shown(node.mode)),
        node.type ? fact('Owner', `${node.uid}:${node.gid}`) : null,
        fact('Size', node.size !== undefined ? plural(node.size, 'byte') : null),
        fact('Links', node.type ? String(node.nlink) : null),
        fact('Device', node.rdev && shown(node.rdev)),
        fact('Target', node.target !== undefined ? shown(node.target) : null),
        fact('File system', node.fs !== undefined ? fsName(node.fs) : null),
        fact('Layer', layerText(node)),
        fact('Mount flags', node.flags && shown(node.flags)),
        fact('Listed', node.unlisted ? 'no: its directory does not name it' : null),
        fact('Error', node.error && shown(node.error)),
    );
}

function reasonLines(title, list, line) {
    return list && list.length ? [el('h4', {}, title), list.map(line)] : null;
}

// What the mount point was before.
function hiddenText(hides) {
    const what = TYPES[hides.type] || shown(hides.type || 'node');
    const of =
        hides.mount === undefined || hides.mount === null
            ? ''
            : hides.root
              ? ` that is the root of mount ${hides.mount}`
              : ` of mount ${hides.mount}`;
    const names =
        hides.names && hides.names.length
            ? [
                  ': ',
                  el(
                      'code',
                      {},
                      hides.names.map(shown).join(', '),
                      hides.entries > hides.names.length ? ', ...' : '',
                  ),
              ]
            : null;
    return el(
        'p',
        {},
        `It hides a ${what}${of}`,
        hides.fs !== undefined ? ` (${fsName(hides.fs)})` : null,
        hides.entries !== undefined ? ` with ${plural(hides.entries, 'name')}` : null,
        names,
        '.',
    );
}

function mountFacts(found, detail) {
    const { m, i } = found;
    const hides = parsed(m.hides);
    const lines =
        detail.log && m.log_lines > 0
            ? linesOf(detail.log).slice(m.log_first, m.log_first + m.log_lines)
            : [];
    const ignored = m.ignored
        ? m.ignored.split(',').map(option => ({ option, effect: 'ignored' }))
        : null;
    return [
        el('h4', {}, `Mount ${i}`),
        el(
            'p',
            {},
            code(shown(m.destination || '/')),
            ' is ',
            code(shown(m.type || m.fs || '?')),
            m.source ? [' from ', code(shown(m.source))] : null,
            `, made by ${origin(m)}.`,
            m.place && m.place !== m.destination
                ? [' Links led it to ', code(shown(m.place)), '.']
                : null,
            m.data ? [' Data: ', code(shown(m.data)), '.'] : null,
        ),
        hides ? hiddenText(hides) : null,
        m.created ? el('p', {}, 'Created for it: ', code(shown(m.created)), '.') : null,
        reasonLines(
            'Because',
            parsed(m.reasons) || (m.rules ? m.rules.split(' ').map(rule => ({ rule })) : null),
            one =>
                el(
                    'div',
                    { class: 'reason' },
                    el('span', { class: 'what' }, one.rule ? shown(one.rule) : ''),
                    el('span', {}, one.text ? shown(one.text) : ''),
                ),
        ),
        reasonLines('Options', parsed(m.options) || ignored, one =>
            el(
                'div',
                { class: 'reason' },
                el('span', { class: 'what' }, shown(one.option || '')),
                el(
                    'span',
                    {},
                    tag(shown(one.effect || '')),
                    ' ',
                    one.text ? shown(one.text) : '',
                    one.rule ? [' ', code(shown(one.rule))] : null,
                ),
            ),
        ),
        lines.length
            ? [
                  el('h4', {}, 'Log'),
                  drawLines(
                      lines.map(line => [' ', line]),
                      m.log_first,
                  ),
              ]
            : null,
    ];
}

function explainNode(place, path, node, detail, mountpoints) {
    const mounts = mountsOf(detail.mounts);
    const found = mountAt(mounts, path, mountpoints);
    const over = mounts
        .map((m, i) => ({ m, i }))
        .filter(
            one => one.m.shadowed_by !== undefined && (one.m.place || one.m.destination) === path,
        );
    replace(
        place,
        el('h3', { class: 'path' }, shown(path)),
        nodeFacts(node),
        over.map(({ m, i }) =>
            el(
                'p',
                { class: 'note' },
                `Mount ${i} (${shown(m.type || '?')}) is hidden here by mount ${m.shadowed_by}.`,
            ),
        ),
        found
            ? mountFacts(found, detail)
            : el('p', { class: 'note' }, 'No mount is recorded for it.'),
    );
}
