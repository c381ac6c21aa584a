// Pages and keys.

const PAGES = { overview: () => {}, cases: showList, changes: showChanges, case: showCase };

function go() {
    const { page, values } = parseAddress(location.hash);
    const name = Object.hasOwn(PAGES, page) ? page : 'overview';
    for (const one of Object.keys(PAGES)) document.getElementById(one).hidden = one !== name;
    if (name === 'cases') list.address = location.hash;
    for (const link of document.querySelectorAll('#nav a')) {
        const on = link.hash === '#' + name || (name === 'case' && link.hash === '#cases');
        if (on) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
    }
    PAGES[name](values);
    document.title = name === 'case' ? `${values.case} - simrun` : `simrun: run ${report.run.id}`;
    if (!values.path) scrollTo(0, 0);
    else if (document.getElementById('case-tree'))
        document.getElementById('case-tree').scrollIntoView();
}

function keys(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const { page, values } = parseAddress(location.hash);
    const at = page === 'case' ? list.found.indexOf(caseOf.get(values.case)) : -1;
    const step = { n: 1, p: -1 }[event.key];
    if (event.key === '/') {
        if (page !== 'cases') location.hash = list.address;
        go();
        list.search.focus();
    } else if (event.key === 'o') location.hash = '#overview';
    else if (step && at >= 0 && list.found[at + step])
        location.hash = caseAddress(list.found[at + step]);
    else return;
    event.preventDefault();
}

document.getElementById('nav').hidden = false;
document.getElementById('keys').hidden = false;
document.getElementById('nav-cases').textContent = count(cases.length);
document.getElementById('nav-changes').textContent = report.base ? count(report.causes.length) : '';
list.found = [...cases].sort(SORTS.attention);
addEventListener('hashchange', go);
addEventListener('keydown', keys);
go();
