// What the pages of deliveries are built with: elements, words, numbers, dates, and questions to the desk.

/** An element: h('p', {class: 'x', onclick: f}, 'text', other). Texts are texts: nothing is read as HTML. */
export function h(tag, props = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
        else if (name in {value: 1, checked: 1, disabled: 1, htmlFor: 1, open: 1, hidden: 1, readOnly: 1}) made[name] = value;
        else if (name === 'class') made.className = value;
        else if (name === 'style') for (const [k, v] of Object.entries(value)) made.style.setProperty(k, v);
        else made.setAttribute(name, value === true ? '' : value);
    }
    made.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
    return made;
}

export const fill = (place, ...children) => place.replaceChildren(...children.flat(3).filter(Boolean));

/** Words and ways of writing of the page that a place belongs to. */
export class Words {
    constructor(place) {
        this.texts = JSON.parse(place.dataset.textos);
        this.months = this.texts.meses.split('|');
        this.english = (document.documentElement.lang || 'es').startsWith('en');
        this.group = !this.english && place.dataset.numeros === 'inei' ? '\u00a0' : ',';
    }

    t(key, values = {}) {
        if (!(key in this.texts)) console.error('entregas: sin texto', key);
        return (this.texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
    }

    /** The word for one or for many: keys `x_1` and `x`. */
    many(key, n, values = {}) {
        return this.t(n === 1 && key + '_1' in this.texts ? key + '_1' : key, {n: this.number(n), ...values});
    }

    number(n) {
        return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, this.group);
    }

    size(bytes) {
        return bytes < 1e6 ? `${this.number(Math.max(1, bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
    }

    day(iso) {
        if (!iso) return '';
        if (iso.length === 10) return iso.split('-').reverse().join('-');
        const parts = new Intl.DateTimeFormat('en-GB', {timeZone: 'America/Lima', day: '2-digit', month: '2-digit', year: 'numeric'}).formatToParts(new Date(iso));
        const of = name => parts.find(p => p.type === name).value;
        return `${of('day')}-${of('month')}-${of('year')}`;
    }

    instant(iso) {
        return `${this.day(iso)} ${new Intl.DateTimeFormat('en-GB', {timeZone: 'America/Lima', hour: '2-digit', minute: '2-digit'}).format(new Date(iso))}`;
    }

    period(code) {
        const [, year, part] = /^(\d{4})-?(.*)$/.exec(code) || [];
        if (!year) return this.t('serie');
        if (!part) return year;
        if (part[0] === 'T' || part[0] === 'S') {
            const size = part[0] === 'T' ? 3 : 6, first = (Number(part[1]) - 1) * size;
            return `${this.months[first]}–${this.months[first + size - 1]} ${year}`;
        }
        return `${this.months[Number(part) - 1]} ${year}`;
    }

    title(table) {
        return (this.english && table.titulo_en) || table.titulo;
    }
}

/** A sentence that came from the desk: Spanish whatever the page's language. */
export const said = (text, tag = 'span', props = {}) => h(tag, {lang: 'es', ...props}, text);

export class DeskError extends Error {
    constructor(status, title, detail) {
        super([title, detail].filter(Boolean).join(' '));
        this.status = status;
    }
}

/** Ask the desk. Raises DeskError with the sentence to show. */
export async function ask(words, path, options = {}) {
    const {body, method = body ? 'POST' : 'GET', signal} = options;
    let answer;
    try {
        answer = await fetch(path, {
            method, signal, credentials: 'same-origin', cache: 'no-store', body: body && JSON.stringify(body),
            headers: {Accept: 'application/json', ...(body ? {'Content-Type': 'application/json'} : {})}
        });
    } catch (error) {
        if (error.name === 'AbortError') throw error;
        throw new DeskError(0, words.t('sin_servidor'));
    }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new DeskError(answer.status, told.title || `Error ${answer.status}`, told.detail);
    return told;
}

export const query = values => new URLSearchParams(Object.entries(values).filter(([, v]) => v)).toString();

/** The address tells what is seen; Dash is not told, so the page stays as it is. The language links follow. */
export function remember(values) {
    const now = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(values)) value ? now.set(key, value) : now.delete(key);
    history.replaceState(history.state, '', location.pathname + (String(now) ? '?' + now : ''));
    for (const link of document.querySelectorAll('[data-idioma]')) {
        const other = new URLSearchParams(now);
        link.dataset.idioma === 'es' ? other.delete('lang') : other.set('lang', link.dataset.idioma);
        link.setAttribute('href', location.pathname + (String(other) ? '?' + other : ''));
    }
}

/** An address within the site, in the page's language. */
export function path(to, values = {}) {
    const lang = new URLSearchParams(location.search).get('lang');
    const text = query({...values, lang});
    return text ? `${to}?${text}` : to;
}

export const mark = state => h('span', {class: `marca marca--${state}`, 'aria-hidden': 'true'});
export const icon = name => h('span', {class: `icono icono--chico icono--${name}`, 'aria-hidden': 'true'});
export const link = (to, props, ...children) => h('a', {href: to, 'data-navegar': '', ...props}, ...children);

export function problem(words, error, again) {
    return h('div', {class: 'aviso aviso--error', role: 'alert'}, said(error.message, 'p'),
        again && h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: again}, words.t('reintentar'))));
}

export function field(label, control, help) {
    control.id = control.id || 'c' + Math.random().toString(36).slice(2, 9);
    return h('div', {class: 'campo'}, h('label', {class: 'campo__rotulo', for: control.id}, label), control, help && h('p', {class: 'campo__ayuda'}, help));
}

export const option = (value, text, chosen) => {
    const made = h('option', {value}, text);
    made.selected = value === chosen;
    return made;
};

/** The page's own first lines, which the script completes when it knows. */
export function headline(text, below) {
    for (const [where, said] of [['#contenido h1', text], ['#contenido .oracion-sub', below]]) {
        const line = document.querySelector(where);
        if (line && said && line.textContent !== said) line.textContent = said;
    }
}

/** A name typed once is remembered on this machine. */
export const name = {
    get: () => { try { return localStorage.getItem('siegem:nombre') || ''; } catch { return ''; } },
    set: value => { try { localStorage.setItem('siegem:nombre', value); } catch { /* a browser that keeps nothing */ } }
};

export function table(caption, heads, rows, className = '') {
    return h('div', {class: 'tabla-marco', tabindex: '0', role: 'region', 'aria-label': caption},
        h('table', {class: `tabla tabla--densa ${className}`},
            h('caption', {class: 'solo-lector'}, caption),
            h('thead', {}, h('tr', {}, heads.map(([text, numeric]) => h('th', {scope: 'col', class: numeric && 'num'}, text)))),
            h('tbody', {}, rows.map(cells => h('tr', {}, cells.map((cell, at) =>
                h(at ? 'td' : 'th', {scope: at ? null : 'row', class: heads[at][1] && 'num', 'data-rotulo': heads[at][0]}, cell)))))));
}

/** Severity in shape and words. */
export function severity(words, kind) {
    const shape = {bloqueante: 'rechazada', error: 'rechazada', advertencia: 'tarde', informativa: 'nota'}[kind] || 'nota';
    return h('span', {class: `gravedad gravedad--${kind}`}, mark(shape), ' ', words.t(kind));
}
