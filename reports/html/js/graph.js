// Mounts as a graph: columns by depth; a leaf takes a line, a parent stands in the middle of what
// is mounted in it. What leads from a hidden mount to the one that hides it is dashed.

const MOST_DRAWN = 300; // mounts; the table has all
const BOX = 36; // height
const GAP = 9;
const BETWEEN = 44; // columns
const BEND = 34;
const WIDEST = 34; // characters
const LETTER = 7.4; // width of one of the path, and of one below it
const SMALL = 6.2;

function cutText(text, most) {
    if (text.length <= most) return text;
    const half = Math.floor(most / 2);
    return text.slice(0, most - half - 1) + '…' + text.slice(text.length - half);
}

function noteOf(node, byIndex) {
    const { m } = node;
    const what = isOff(m) ? shown(m.type || '?') : fsName(m.fs);
    const by = byIndex.get(m.shadowed_by);
    if (!by) return [what, mountState(m)].filter(Boolean).join(' · ');
    return `${what} · hidden by ${by.place === node.place ? `mount ${by.i}` : shown(by.place)}`;
}

function labelNode(node, depth, byIndex) {
    const { above, place } = node;
    const tail = above && above.place !== '/' ? place.slice(above.place.length) : place;
    node.depth = depth;
    node.label = cutText(shown(tail), WIDEST);
    node.note = cutText(noteOf(node, byIndex), WIDEST);
    node.width = Math.max(node.label.length * LETTER, node.note.length * SMALL) + 26;
}

// Gives every node its place; returns them in reading order, and the size of all.
function layOut(roots, byIndex) {
    const widths = [];
    const order = [];
    const stack = roots.map(node => ({ node, depth: 0, entered: false })).reverse();
    let line = 0;
    while (stack.length) {
        const step = stack[stack.length - 1];
        const { node, depth } = step;
        const { below } = node;
        if (step.entered) {
            stack.pop();
            if (below.length) node.y = (below[0].y + below[below.length - 1].y) / 2;
            else node.y = line++ * (BOX + GAP);
            continue;
        }
        step.entered = true;
        labelNode(node, depth, byIndex);
        widths[depth] = Math.max(widths[depth] || 0, node.width);
        order.push(node);
        const next = below.map(one => ({ node: one, depth: depth + 1, entered: false }));
        stack.push(...next.reverse());
    }
    const lefts = [0];
    for (const width of widths) lefts.push(lefts[lefts.length - 1] + width + BETWEEN);
    for (const node of order) node.x = lefts[node.depth];
    return { order, width: lefts[lefts.length - 1] - BETWEEN, height: line * (BOX + GAP) - GAP };
}

function isAbove(node, other) {
    for (let at = node.above; at; at = at.above) if (at === other) return true;
    return false;
}

function drawEdge(node, hides) {
    const x = node.above.x + node.above.width;
    const y = node.above.y + BOX / 2;
    const to = node.y + BOX / 2;
    const middle = (x + node.x) / 2;
    const d = `M${x} ${y}C${middle} ${y} ${middle} ${to} ${node.x} ${to}`;
    return svg('path', { class: hides ? 'edge hides' : 'edge', d });
}

function drawHiding(node, by) {
    const x = node.x + node.width;
    const y = node.y + BOX / 2;
    const end = by.x + by.width;
    const to = by.y + BOX / 2;
    const out = Math.max(x, end) + BEND;
    const d = `M${x} ${y}C${out} ${y} ${out} ${to} ${end + 2} ${to}`;
    const title = svg('title', {}, `mount ${node.i} is hidden by mount ${by.i}`);
    return svg('path', { class: 'edge hides', 'marker-end': 'url(#arrow)', d }, title);
}

function drawMount(node, choose) {
    const { m, i } = node;
    const pick = () => choose(i);
    const kind = m.lost ? 'lost' : isOff(m) ? 'off' : m.shadowed_by !== undefined ? 'under' : '';
    const from = m.source ? ' from ' + shown(m.source) : '';
    return svg(
        'g',
        {
            class: 'mount ' + kind,
            transform: `translate(${node.x} ${node.y})`,
            tabindex: 0,
            role: 'link',
            'aria-label': `mount ${i}: ${shown(node.place)}`,
            onclick: pick,
            onkeydown: event => event.key === 'Enter' && pick(),
        },
        svg('title', {}, shown(m.destination || node.place) + from),
        svg('rect', { class: 'box', width: node.width, height: BOX, rx: 6 }),
        svg('rect', { class: 'mark', width: 4, height: BOX - 12, x: 6, y: 6, rx: 2 }),
        svg('text', { class: 'where', x: 17, y: 15 }, node.label),
        svg('text', { class: 'small', x: 17, y: 29 }, node.note),
    );
}

function arrowHead() {
    const box = { viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7 };
    const path = svg('path', { class: 'arrowhead', d: 'M0 0 8 4 0 8z' });
    return svg('defs', {}, svg('marker', { id: 'arrow', orient: 'auto', ...box }, path));
}

function allNodes(roots) {
    const nodes = [...roots];
    for (const node of nodes) nodes.push(...node.below);
    return nodes;
}

function mountGraph(mounts, choose) {
    const roots = mountTree(mounts.slice(0, MOST_DRAWN));
    const byIndex = new Map(allNodes(roots).map(node => [node.i, node]));
    const { order, width, height } = layOut(roots, byIndex);
    const hider = node => byIndex.get(node.m.shadowed_by);
    const hiddenBeside = order.filter(node => hider(node) && !isAbove(node, hider(node)));
    const right = width + (hiddenBeside.length ? BEND : 0) + 4;
    const picture = svg(
        'svg',
        {
            width: right,
            height: height + 4,
            viewBox: `-2 -2 ${right} ${height + 4}`,
            role: 'group',
            'aria-label': 'Mounts',
        },
        arrowHead(),
        order
            .filter(node => node.above)
            .map(node => drawEdge(node, hider(node) && isAbove(node, hider(node)))),
        hiddenBeside.map(node => drawHiding(node, hider(node))),
        order.map(node => drawMount(node, choose)),
    );
    const left = mounts.length - MOST_DRAWN;
    const note = left > 0 ? `The first ${MOST_DRAWN} of ${plural(mounts.length, 'mount')}.` : null;
    return el('div', { class: 'graph' }, picture, note);
}
