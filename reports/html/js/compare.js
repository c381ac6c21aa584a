// Two trees side by side, and two texts line by line.

const PAIRS = 600; // shown at first

// What a node is, in words that can be compared one by one.
function words(node) {
    if (!node) return [];
    return [
        node.type || 'on the way',
        node.mode,
        `${node.uid}:${node.gid}`,
        node.size !== undefined ? `size ${node.size}` : null,
        node.rdev ? `dev ${node.rdev}` : null,
        node.target !== undefined ? `→ ${node.target}` : null,
        node.fs !== undefined ? fsName(node.fs) : null,
        node.flags,
        node.mountpoint ? 'mount' : null,
        node.overlay ? 'overlay' : null,
        node.upper !== undefined ? `upper ${fsName(node.upper)}` : null,
        node.lower !== undefined ? `lower ${fsName(node.lower)}` : null,
        `links ${node.nlink}`,
        node.special ? 'special' : null,
        node.unlisted ? 'unlisted' : null,
        node.error,
    ]
        .filter(word => word !== null && word !== undefined)
        .map(shown);
}

const byName = dir => new Map(dir ? [...entries(dir)].map(entry => [entry.name, entry]) : []);

// All rows of two trees in reading order. Directories of one number are the same and are only gone
// through when `all` are wanted.
function pairsOf(a, b, all) {
    const rows = [];
    const todo = [{ a, b, path: '', depth: 0 }];
    const enter = ({ a: left, b: right, path, depth }) => {
        const old = byName(left);
        const now = left === right ? old : byName(right);
        const names = [...new Set([...old.keys(), ...now.keys()])].sort();
        return names.map(name => ({
            x: old.get(name),
            y: now.get(name),
            name,
            path: joined(path, name),
            depth,
        }));
    };
    const stack = enter(todo[0]).reverse();
    while (stack.length) {
        const pair = stack.pop();
        const { x, y } = pair;
        const kind = !x ? 'added' : !y ? 'removed' : x.node === y.node ? 'same' : 'changed';
        const below = x && y ? x.child !== y.child : true;
        if (kind === 'same' && !below && !all) continue;
        rows.push({ ...pair, kind });
        const left = x ? x.child : 0;
        const right = y ? y.child : 0;
        if ((left || right) && (below || all))
            stack.push(
                ...enter({ a: left, b: right, path: pair.path, depth: pair.depth + 1 }).reverse(),
            );
    }
    return rows;
}

function cell(row, entry, other) {
    if (!entry) return el('div', { class: 'cell nothing' });
    const mine = words(nodeOf(entry.node));
    const theirs = new Set(words(other && nodeOf(other.node)));
    const differs = row.kind === 'changed';
    const texts = mine.map((word, i) => [
        i ? ' ' : '',
        differs && !theirs.has(word) ? el('mark', {}, word) : word,
    ]);
    const name = el('span', { class: 'of' }, shown(entry.name));
    name.style.paddingLeft = Math.min(row.depth, 24) * 14 + 'px';
    return el(
        'div',
        { class: 'cell ' + row.kind },
        name,
        el('span', { class: 'is' }, row.kind === 'same' ? null : texts),
    );
}

function drawPairs(place, rows, limit) {
    const { run, base } = report;
    replace(
        place,
        el(
            'div',
            { class: 'pair head' },
            el('div', { class: 'cell' }, `run ${base.id} (baseline)`),
            el('div', { class: 'cell' }, `run ${run.id}`),
        ),
        rows
            .slice(0, limit)
            .map(row =>
                el(
                    'div',
                    { class: 'pair', 'data-kind': row.kind, 'data-path': shown(row.path) },
                    cell(row, row.x, row.y),
                    cell(row, row.y, row.x),
                ),
            ),
        rows.length > limit
            ? el(
                  'button',
                  {
                      type: 'button',
                      class: 'more',
                      onclick: () => drawPairs(place, rows, rows.length),
                  },
                  `${count(rows.length - limit)} more`,
              )
            : null,
    );
}

function treeComparison(now, old) {
    const place = el('div', { class: 'pairs' });
    const all = el('button', { type: 'button', 'aria-pressed': 'false' }, 'Whole tree');
    const draw = whole => drawPairs(place, pairsOf(old, now, whole), PAIRS);
    all.addEventListener('click', () => {
        const whole = all.getAttribute('aria-pressed') !== 'true';
        all.setAttribute('aria-pressed', String(whole));
        draw(whole);
    });
    draw(false);
    return [all, place];
}

// ---- Lines

const MOST_LINES = 1500; // past it, lines are compared as sets

// [sign, line, number] with sign ' ', '-' or '+'.
function compareLines(old, now) {
    if (old.length > MOST_LINES || now.length > MOST_LINES) {
        const before = new Set(old);
        const after = new Set(now);
        return [
            ...old.filter(line => !after.has(line)).map(line => ['-', line]),
            ...now.map(line => [before.has(line) ? ' ' : '+', line]),
        ];
    }
    const best = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
    for (let i = old.length - 1; i >= 0; i--) {
        for (let j = now.length - 1; j >= 0; j--) {
            best[i][j] =
                old[i] === now[j]
                    ? best[i + 1][j + 1] + 1
                    : Math.max(best[i + 1][j], best[i][j + 1]);
        }
    }
    const rows = [];
    for (let i = 0, j = 0; i < old.length || j < now.length;) {
        if (i < old.length && j < now.length && old[i] === now[j]) {
            rows.push([' ', now[j++]]);
            i++;
        } else if (i < old.length && (j === now.length || best[i + 1][j] >= best[i][j + 1]))
            rows.push(['-', old[i++]]);
        else rows.push(['+', now[j++]]);
    }
    return rows;
}

// `before`: so many lines come before the first.
function drawLines(rows, before) {
    let number = before || 0;
    return el(
        'div',
        { class: 'lines' },
        rows.map(([sign, line]) => {
            const level = /^[IWEDF] /.test(line) ? ' ' + line[0] : '';
            const kind = sign === '+' ? ' added' : sign === '-' ? ' removed' : '';
            return el(
                'div',
                { class: 'line' + level + kind },
                el('span', {}, sign === '-' ? '' : String(++number)),
                el('span', {}, sign),
                el('span', {}, line),
            );
        }),
    );
}

const textLines = (now, old) =>
    drawLines(
        old === undefined || old === now
            ? linesOf(now).map(line => [' ', line])
            : compareLines(linesOf(old), linesOf(now)),
    );
