// A directory as a tree: branches are made when they are opened, and long directories in parts.

const PART = 300;

const isDir = node => node.type === 'dir' || !node.type;
const fsName = fs => (fs === undefined ? '' : fs === '' ? 'stub' : shown(fs));
const joined = (path, name) =>
    name === '/' && !path ? '/' : (path === '/' ? '' : path) + '/' + name;

// `choose(path, node)` is called with the node that the reader picked; `marks` tells what became of
// paths since the baseline.
function makeTree(root, marks, choose) {
    const tree = el('div', {
        class: 'file-tree',
        role: 'tree',
        'aria-label': 'File tree',
        onkeydown: event => treeKeys(tree, event),
    });
    const top = el('ul', { role: 'none' });
    tree.append(top);
    tree.choose = choose;
    tree.marks = marks;
    tree.items = new Map();
    for (const entry of entries(root)) addBranch(tree, top, '', entry);
    const first = tree.querySelector('[role=treeitem]');
    if (first) {
        first.tabIndex = 0;
        openBranch(first, true);
        for (const item of first.querySelectorAll('[role=treeitem]')) {
            const node = item.entry && nodeOf(item.entry.node);
            if (node && item.entry.child && first.querySelectorAll('[role=treeitem]').length < 60)
                openBranch(item, true);
        }
    }
    return tree;
}

function addBranch(tree, list, above, entry) {
    const node = nodeOf(entry.node);
    const path = joined(above, entry.name);
    const name = shown(entry.name);
    const label = el(
        'span',
        { class: 'tree-name' },
        el('span', { class: 'twist' }, entry.child ? '▸' : ''),
        isDir(node) && node.type ? el('b', {}, name) : name,
        node.target !== undefined ? el('span', { class: 'to' }, ' → ' + shown(node.target)) : null,
        node.mountpoint ? el('span', { class: 'tag fs' }, fsName(node.fs)) : null,
        node.overlay && node.mountpoint ? el('span', { class: 'tag' }, 'overlay') : null,
        node.error ? el('span', { class: 'tag error' }, shown(node.error)) : null,
        node.unlisted ? el('span', { class: 'tag' }, 'unlisted') : null,
        tree.marks.has(path)
            ? el('span', { class: 'tag ' + tree.marks.get(path) }, tree.marks.get(path))
            : null,
    );
    const line = el(
        'div',
        { class: 'tree-row' },
        label,
        el('span', { class: 'dim mode' }, node.mode ? shown(node.mode) : ''),
        el('span', { class: 'dim owner' }, node.type ? `${node.uid}:${node.gid}` : ''),
        el(
            'span',
            { class: 'dim size' },
            node.size !== undefined ? count(node.size) : node.rdev ? shown(node.rdev) : '',
        ),
    );
    const item = el(
        'li',
        {
            role: 'treeitem',
            tabindex: '-1',
            'aria-selected': 'false',
            'aria-expanded': entry.child ? 'false' : null,
        },
        line,
    );
    line.addEventListener('click', event => {
        if (entry.child && event.target.className === 'twist') openBranch(item);
        else chooseItem(tree, item);
    });
    line.addEventListener('dblclick', () => entry.child && openBranch(item));
    item.entry = entry;
    item.path = path;
    item.node = node;
    item.treeOf = tree;
    tree.items.set(path, item);
    list.append(item);
}

function openBranch(item, open) {
    const now = item.getAttribute('aria-expanded') === 'true';
    const want = open === undefined ? !now : open;
    if (!item.entry.child || now === want) return;
    item.setAttribute('aria-expanded', String(want));
    item.querySelector('.twist').textContent = want ? '▾' : '▸';
    let group = item.querySelector(':scope > ul');
    if (!group) {
        group = el('ul', { role: 'group' });
        item.append(group);
        fillBranch(item.treeOf, group, item.path, [...entries(item.entry.child)], 0);
    }
    group.hidden = !want;
}

function fillBranch(tree, group, path, all, from) {
    for (const entry of all.slice(from, from + PART)) addBranch(tree, group, path, entry);
    const left = all.length - from - PART;
    if (left > 0) {
        const more = el('button', { type: 'button', class: 'more' }, `${count(left)} more`);
        more.addEventListener('click', () => {
            more.remove();
            fillBranch(tree, group, path, all, from + PART);
        });
        group.append(more);
    }
}

function chooseItem(tree, item, quietly) {
    for (const other of tree.querySelectorAll('[aria-selected=true]'))
        other.setAttribute('aria-selected', 'false');
    for (const other of tree.querySelectorAll('[role=treeitem][tabindex="0"]')) other.tabIndex = -1;
    item.setAttribute('aria-selected', 'true');
    item.tabIndex = 0;
    if (!quietly) item.focus({ preventScroll: true });
    tree.choose(item.path, item.node);
}

// Opens what is on the way to a path as it is shown; false when there is no such node.
function revealPath(tree, path) {
    let item = tree.querySelector('[role=treeitem]');
    const names = path.split('/').filter(name => name);
    for (const name of names) {
        if (!item || !item.entry.child) return false;
        openBranch(item, true);
        let more;
        let next;
        do {
            next = [...item.querySelector(':scope > ul').children].find(
                one => one.entry && shown(one.entry.name) === name,
            );
            more = next ? null : item.querySelector(':scope > ul > .more');
            if (more) more.click();
        } while (!next && more);
        item = next;
    }
    if (item) chooseItem(tree, item, true);
    return Boolean(item);
}

function treeKeys(tree, event) {
    const item = event.target.closest('[role=treeitem]');
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    const seen = [...tree.querySelectorAll('[role=treeitem]')].filter(one => one.offsetParent);
    const at = seen.indexOf(item);
    const expanded = item.getAttribute('aria-expanded');
    let to = null;
    if (event.key === 'ArrowDown') to = seen[at + 1];
    else if (event.key === 'ArrowUp') to = seen[at - 1];
    else if (event.key === 'Home') to = seen[0];
    else if (event.key === 'End') to = seen[seen.length - 1];
    else if (event.key === 'ArrowRight' && expanded === 'false') openBranch(item, true);
    else if (event.key === 'ArrowRight' && expanded) to = item.querySelector('[role=treeitem]');
    else if (event.key === 'ArrowLeft' && expanded === 'true') openBranch(item, false);
    else if (event.key === 'ArrowLeft') to = item.parentElement.closest('[role=treeitem]');
    else if (event.key === 'Enter' || event.key === ' ') to = item;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (to) {
        chooseItem(tree, to);
        to.firstChild.scrollIntoView({ block: 'nearest' });
    }
}
