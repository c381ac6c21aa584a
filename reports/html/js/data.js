// What the report holds: the list of cases, read at once, and the details, read when first needed.

const CHANGES = [
    // bits of html.h, in the order of attention
    [1, 'regression'],
    [2, 'fixed'],
    [4, 'flip'],
    [8, 'error'],
    [32, 'tree'],
    [256, 'mounts'],
    [16, 'text'],
    [64, 'input'],
    [128, 'new'],
];
const CHANGE_TEXT = {
    regression: 'regression',
    fixed: 'fixed',
    flip: 'other outcome',
    error: 'error text',
    tree: 'tree',
    mounts: 'mounts',
    text: 'log or operations',
    input: 'other input',
    new: 'new',
};
const REGRESSION = 1,
    NEW = 128;

const report = JSON.parse(document.getElementById('list-data').textContent);
const orNull = text => (text === null ? null : shown(text));

// The fields of a case in the list, by the order of html_list.c.
function listed(fields, i) {
    const [name, result, status, bad, flaky, ns, nodes, changes, error, oldResult, oldStatus] =
        fields;
    return {
        i,
        shown: shown(name),
        shownError: error ? shown(error) : '',
        result: shown(result),
        status: shown(status),
        baseResult: orNull(oldResult),
        baseStatus: orNull(oldStatus),
        bad,
        flaky,
        ns,
        nodes,
        changes: report.base ? changes : 0,
    };
}

const cases = report.cases.map(listed);
const caseOf = new Map(cases.map(c => [c.shown, c]));

const changeNames = c => CHANGES.filter(([bit]) => c.changes & bit).map(([, name]) => name);
// Regressions, then what fails, then what changed, then the rest.
const attention = c => {
    if (c.changes & REGRESSION) return 0;
    if (c.bad && c.status !== 'recorded') return 1;
    const at = CHANGES.findIndex(([bit]) => c.changes & bit);
    return at < 0 ? 20 : 2 + at;
};

let details = null;

// A row of the database as an object: what is NULL is not there, long texts are in a table.
function rowOf(columns, values) {
    const row = {};
    values.forEach((value, i) => {
        if (value !== null) row[columns[i]] = Array.isArray(value) ? details.text[value[0]] : value;
    });
    return row;
}

const FINDING = ['severity', 'code', 'text'];
const ATTEMPT = ['outcome', 'status', 'error', 'same_as', 'duration_ns'];

// Tables count from 1, as the records say; 0 is nothing.
function getDetails() {
    if (!details) {
        details = {
            text: [null],
            node: [null],
            dir: [null],
            mounts: [null],
            case: new Map(),
            lines: [],
        };
        for (const record of JSON.parse(document.getElementById('details-data').textContent)) {
            const kind = record[0];
            if (kind === 'case') {
                const one = record[2];
                one.findings = one.findings.map(values => rowOf(FINDING, values));
                one.attempts = one.attempts.map(values => rowOf(ATTEMPT, values));
                details.case.set(record[1], one);
            } else if (kind === 'dir') details.dir.push(record);
            else if (kind === 'columns') details.columns = record.slice(1);
            else if (kind === 'mounts')
                details.mounts.push(record[1].map(values => rowOf(details.columns, values)));
            else if (kind === 'text' || kind === 'node') details[kind].push(record[1]);
        }
    }
    return details;
}

// Entries of a directory.
function* entries(dir) {
    const flat = getDetails().dir[dir] || [];
    for (let i = 1; i < flat.length; i += 3)
        yield { name: flat[i], node: flat[i + 1], child: flat[i + 2] };
}

const nodeOf = number => getDetails().node[number];
const mountsOf = number => getDetails().mounts[number] || [];

// The lines of a text: elements of a JSON array, members of an object, or the text itself.
function linesOf(number) {
    const { text, lines } = getDetails();
    if (!number) return [];
    if (!lines[number]) {
        let value;
        try {
            value = JSON.parse(text[number]);
        } catch {
            value = text[number];
        }
        const line = one => (typeof one === 'string' ? one : operation(one) || JSON.stringify(one));
        lines[number] = (
            Array.isArray(value)
                ? value.map(line)
                : value && typeof value === 'object'
                  ? Object.entries(value).map(([key, one]) => `${key}: ${line(one)}`)
                  : value === null
                    ? []
                    : [String(value)]
        ).map(shown);
    }
    return lines[number];
}

// {"op": ["stat", "/d"], "errno": "ENOENT"} reads as a call.
function operation(one) {
    if (!one || !Array.isArray(one.op)) return null;
    const [name, ...rest] = one.op;
    const value = one.value === undefined ? '' : ' ' + JSON.stringify(one.value);
    return `${name}(${rest.map(word => JSON.stringify(word)).join(', ')}) = ${one.errno || 'ok'}${value}`;
}

// ---- Search: names and errors from the list, logs and paths from the details

const lowered = [];

function textHas(number, query) {
    if (lowered[number] === undefined) lowered[number] = linesOf(number).join('\n').toLowerCase();
    return lowered[number].includes(query);
}

// Whether a path below `dir` contains the query. With a slash in it, one name has to end with the
// part before and one in it begin with the part after.
function treeHas(dir, parts, known) {
    if (!dir) return false;
    if (known.has(dir)) return known.get(dir);
    known.set(dir, false);
    let found = false;
    for (const entry of entries(dir)) {
        found = chainHas(entry, parts, 0) || treeHas(entry.child, parts, known);
        if (found) break;
    }
    known.set(dir, found);
    return found;
}

function chainHas(entry, parts, at) {
    const name = entry.name === '/' ? '' : shown(entry.name).toLowerCase();
    const part = parts[at];
    const last = at === parts.length - 1;
    const fits =
        parts.length === 1
            ? name.includes(part)
            : at === 0
              ? name.endsWith(part)
              : last
                ? name.startsWith(part)
                : name === part;
    if (!fits || last) return fits;
    for (const below of entries(entry.child)) {
        if (chainHas(below, parts, at + 1)) return true;
    }
    return false;
}

function search(list, query) {
    const words = query.toLowerCase();
    if (!words) return list;
    const parts = words.split('/');
    const known = new Map();
    return list.filter(c => {
        if (c.shown.toLowerCase().includes(words) || c.shownError.toLowerCase().includes(words))
            return true;
        const detail = getDetails().case.get(c.i);
        return (
            detail &&
            ((detail.log && textHas(detail.log, words)) ||
                (detail.error && textHas(detail.error, words)) ||
                treeHas(detail.tree, parts, known))
        );
    });
}
