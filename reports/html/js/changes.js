// What changed since the baseline, cause by cause: changes that hit exactly the same cases.

const CAUSES = 150; // shown at first
const NAMES = 6;

const KINDS = {
    outcome: 'outcome',
    regression: 'regression',
    fixed: 'fixed',
    error: 'error text',
    mounts: 'mounts',
    tree: 'tree',
    log: 'log',
    compiled: 'compiled',
    ops: 'operations',
    restore: 'restore',
    host: 'host',
    counts: 'counts',
    input: 'other input',
    'only-a': 'gone',
    'only-b': 'new',
};
const KIND_TAGS = { outcome: 'flip', log: 'text', 'only-a': 'removed', 'only-b': 'added' };

function nameLink(name) {
    const c = caseOf.get(shown(name));
    return c
        ? el('a', { class: 'case', href: caseAddress(c) }, c.shown)
        : el('span', { class: 'case' }, shown(name));
}

function nameList(names) {
    const place = el('p', { class: 'names' }, names.slice(0, NAMES).map(nameLink));
    if (names.length > NAMES) {
        const more = el(
            'button',
            { type: 'button', class: 'link' },
            `and ${count(names.length - NAMES)} more`,
        );
        more.addEventListener('click', () => {
            more.remove();
            fill(place, names.slice(NAMES).map(nameLink));
        });
        place.append(more);
    }
    return place;
}

function changeRow([kind, text, places, place]) {
    const where =
        place.map(shown).join(', ') + (places > place.length && place.length ? ', ...' : '');
    const sign = text[0] === '+' ? ' plus' : text[0] === '-' ? ' minus' : '';
    return el(
        'div',
        { class: 'change' + sign },
        el('span', {}, tag(KINDS[kind] || kind, KIND_TAGS[kind] || kind)),
        el('pre', {}, shown(text)),
        where
            ? el(
                  'p',
                  { class: 'note' },
                  'at ',
                  code(where),
                  places > place.length ? ` (${count(places)} places)` : '',
              )
            : null,
    );
}

function causeCard({ names, changes }) {
    return el(
        'section',
        { class: 'card cause' },
        el('h2', {}, plural(names.length, 'case')),
        nameList(names),
        changes.map(changeRow),
    );
}

function drawCauses(place, limit) {
    const { causes } = report;
    replace(
        place,
        causes.slice(0, limit).map(causeCard),
        causes.length > limit
            ? el(
                  'button',
                  {
                      type: 'button',
                      class: 'more',
                      onclick: () => drawCauses(place, causes.length),
                  },
                  `${count(causes.length - limit)} more causes`,
              )
            : null,
    );
    return place;
}

function showChanges() {
    const page = document.getElementById('changes');
    if (page.firstChild) return;
    if (!report.base) {
        replace(
            page,
            el(
                'p',
                { class: 'empty' },
                'There is no run before this one with the same subject, profile and shard to compare it with; ',
                code('--baseline'),
                ' names another.',
            ),
        );
        return;
    }
    replace(
        page,
        el('h1', {}, `Changes since run ${report.base.id}`),
        el(
            'p',
            { class: 'facts' },
            report.causes.length
                ? 'Changes that hit exactly the same cases are told together: they have one cause. The gravest come first.'
                : 'Every case that both runs have gave the same result.',
        ),
        drawCauses(el('div'), CAUSES),
    );
}
