// Text and elements. Whatever comes from a case goes through shown() and a text node; nothing here
// or elsewhere makes elements from text.

// What moves, hides or reorders text without being seen: the ranges of escape.c, and what is left
// of bytes that were not UTF-8 (lone surrogates).
const UNSEEN = new RegExp(
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5' +
        '\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ue000-\\uf8ff' +
        '\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\u{1bca0}-\\u{1bca3}' +
        '\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{10ffff}\\\\]',
    'gu',
);

function shownPoint(character) {
    const point = character.codePointAt(0);
    const hex = point.toString(16);
    if (character === '\\') return '\\\\';
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (point < 0x80) return '\\x' + hex.padStart(2, '0');
    if (point >= 0xdc80 && point <= 0xdcff) return '\\x' + (point - 0xdc00).toString(16);
    return '\\u{' + hex + '}';
}

// Text as every output of simrun shows it: \n, \xNN, \u{NNNN}, and a backslash as two.
const shown = text => String(text).replace(UNSEEN, shownPoint);

// Children are elements, or text that was shown() already; null is left out.
function fill(element, children) {
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== false) element.append(child);
    }
    return element;
}

function attributes(element, values) {
    for (const [name, value] of Object.entries(values)) {
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, '');
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value);
    }
    return element;
}

const el = (name, values, ...children) =>
    fill(attributes(document.createElement(name), values || {}), children);
const svg = (name, values, ...children) =>
    fill(
        attributes(document.createElementNS('http://www.w3.org/2000/svg', name), values || {}),
        children,
    );
const tag = (text, kind) => el('span', { class: 'tag ' + (kind || text) }, text);
const code = text => el('code', {}, text);
const replace = (element, ...children) => {
    element.replaceChildren();
    return fill(element, children);
};

const count = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + 's'}`;

function duration(ns) {
    for (const [size, unit] of [
        [1e9, 's'],
        [1e6, 'ms'],
        [1e3, 'µs'],
    ]) {
        const value = ns / size;
        if (value >= 0.9995)
            return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + ' ' + unit;
    }
    return ns + ' ns';
}

// ---- Addresses: #cases&status=fail&q=etc, #case=NAME&path=/etc

const encode = text => encodeURIComponent(text).replace(/%2F/g, '/');

function address(page, values) {
    const parts = Object.entries(values || {}).filter(([, value]) => value);
    return (
        '#' +
        [page, ...parts.map(([key, value]) => `${key}=${encode(value)}`)]
            .join('&')
            .replace(/^case&case=/, 'case=')
    );
}

const caseAddress = (c, path) => address('case', { case: c.shown, path });

function parseAddress(hash) {
    const values = {};
    let page = 'overview';
    for (const [i, part] of hash.replace(/^#/, '').split('&').entries()) {
        const at = part.indexOf('=');
        const key = at < 0 ? part : part.slice(0, at);
        if (i === 0 && key) page = key;
        try {
            if (at >= 0) values[key] = decodeURIComponent(part.slice(at + 1));
        } catch {
            values[key] = part.slice(at + 1); // not an escape after all
        }
    }
    return { page, values };
}
