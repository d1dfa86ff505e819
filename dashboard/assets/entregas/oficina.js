// The page of an office: what is due at the left, the chosen delivery at the right.
import {ask, DeskError, field, fill, h, headline, link, mark, name, option, path, problem, query, remember, said, table, Words} from './pieza.js';
import {Sending, sendingTo} from './envio.js';

const narrow = () => window.matchMedia('(max-width: 999px)').matches;

export function start(place) {
    new Office(place, new Words(place)).begin();
}

class Office {
    constructor(place, words) {
        const asked = new URLSearchParams(location.search);
        Object.assign(this, {place, words, region: asked.get('region') || '', tabla: asked.get('tabla') || '', periodo: asked.get('periodo') || ''});
    }

    async begin() {
        const {words, place} = this;
        try {
            this.options = await ask(words, '/api/v1/entregas/opciones');
        } catch (error) {
            fill(place, problem(words, error, () => this.begin()));
            return;
        }
        const left = sendingTo();
        if (!this.region && left) Object.assign(this, {region: left.region, tabla: left.tabla, periodo: left.periodo});
        if (!this.region) this.region = remembered();
        this.due = h('div', {class: 'toca'});
        this.panel = h('div', {class: 'panel'});
        fill(place, h('div', {class: 'oficina'}, h('div', {}, this.regions(), this.due), this.panel));
        this.load();
    }

    regions() {
        const {words, options} = this;
        const control = h('select', {class: 'campo__entrada', id: 'region', onchange: () => {
            Object.assign(this, {region: control.value, tabla: '', periodo: ''});
            this.load();
        }}, option('', words.t('elija_region'), this.region), options.regiones.map(r => option(r.codigo, r.nombre, this.region)), option('00', words.t('nacional'), this.region));
        return field(words.t('region'), control);
    }

    /** Every office in sight, so that the first screen is where one begins. */
    offices() {
        const {words, options} = this;
        const one = (code, text) => h('button', {class: 'filtro', type: 'button', onclick: () => {
            document.getElementById('region').value = code;
            Object.assign(this, {region: code, tabla: '', periodo: ''});
            this.load();
        }}, text);
        const sorted = [...options.regiones].sort((a, b) => b.piloto - a.piloto || a.nombre.localeCompare(b.nombre, 'es'));
        return h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('elija_region')),
            h('div', {class: 'filtros'}, sorted.map(r => one(r.codigo, r.nombre)), one('00', words.t('nacional'))));
    }

    get regionName() {
        const found = this.options.regiones.find(r => r.codigo === this.region);
        return found ? found.nombre : this.words.t('nacional');
    }

    tableOf(name) {
        return this.options.tablas.find(t => t.tabla === name);
    }

    async load() {
        const {words} = this;
        if (!this.region) {
            fill(this.due, h('p', {class: 'nota'}, words.t('frase_inicio')));
            fill(this.panel, this.offices());
            return;
        }
        keep(this.region);
        try {
            this.items = (await ask(words, `/api/v1/entregas/pendientes?${query({region: this.region})}`)).entregas;
        } catch (error) {
            fill(this.due, problem(words, error, () => this.load()));
            return;
        }
        if (!this.tableOf(this.tabla)) {
            const first = this.items[0];
            Object.assign(this, first ? {tabla: first.tabla, periodo: first.periodo} : {tabla: this.mine()[0]?.tabla || '', periodo: ''});
        }
        if (!this.periodo && this.tabla) this.periodo = this.tableOf(this.tabla).periodos[0] || '';
        headline(...this.sentence());
        this.list();
        this.open();
    }

    mine() {
        return this.options.tablas.filter(t => (t.ambito === 'nacional') === (this.region === '00'));
    }

    sentence() {
        const {words, items} = this, of = state => items.filter(i => i.estado === state);
        const refused = of('rechazada').length, late = of('falta').length, next = [...of('por_vencer'), ...of('en_curso')].filter(i => i.vence).sort((a, b) => (a.vence < b.vence ? -1 : 1))[0];
        const has = [refused ? words.many('n_corregir', refused) : '', late ? words.many(refused ? 'n_vencidas' : 'n_vencidas_solas', late) : ''].filter(Boolean).join(` ${words.t('y')} `);
        return [has ? words.t('frase_tiene', {region: this.regionName, que: has}) : words.t('frase_al_dia', {region: this.regionName}),
            next ? words.t('frase_proxima', {tabla: words.title(this.tableOf(next.tabla)), periodo: words.period(next.periodo), fecha: words.day(next.vence)}) : ''];
    }

    list() {
        const {words, items} = this;
        const groups = [['rechazada', ['rechazada'], true], ['falta', ['falta'], true], ['por_vencer', ['por_vencer'], true], ['en_curso', ['en_curso', 'sin_plazo'], false], ['hechas', ['tarde', 'recibida'], false]];
        const made = groups.map(([key, states, open]) => {
            const own = items.filter(i => states.includes(i.estado));
            return own.length ? this.group(words.t('grupo_' + key), own, open) : null;
        });
        fill(this.due, h('h2', {class: 'figura__titulo'}, words.t('toca')), h('p', {class: 'figura__subtitulo'}, words.t('toca_sub')), made);
    }

    group(title, own, open) {
        const {words} = this, list = h('ul', {class: 'toca__lista'});
        const draw = count => fill(list, own.slice(0, count).map(item => this.item(item)), own.length > count
            ? h('li', {}, h('button', {class: 'boton boton--llano toca__mas', type: 'button', onclick: () => draw(count + 30)}, words.t('ver_mas', {n: words.number(own.length - count)}))) : null);
        draw(narrow() ? 3 : 6);
        const holds = own.some(i => this.isChosen(i));
        return h('details', {class: 'plegable toca__grupo', open: open || (holds && !narrow())}, h('summary', {}, h('b', {}, title), ` (${words.number(own.length)})`), list);
    }

    isChosen(item) {
        return item.tabla === this.tabla && item.periodo === this.periodo;
    }

    item(item) {
        const {words} = this, of = this.tableOf(item.tabla);
        return h('li', {}, h('button', {class: 'toca__item', type: 'button', 'aria-pressed': String(this.isChosen(item)), 'data-lugar': `${item.tabla}|${item.periodo}`, onclick: () => this.choose(item.tabla, item.periodo, true)},
            mark(item.estado), h('span', {class: 'toca__nombre'}, of ? words.title(of) : item.tabla, ' ', h('span', {class: 'tenue'}, words.period(item.periodo))),
            h('span', {class: 'toca__cuando'}, this.when(item))));
    }

    when(item) {
        const {words} = this;
        if (item.estado === 'recibida' || item.estado === 'tarde') return `${words.t(item.estado)} ${words.day(item.recibido_en)}`;
        if (item.estado === 'rechazada') return words.t('version', {n: item.version});
        if (!item.vence) return words.t('sin_plazo');
        return item.estado === 'falta' ? (item.dias === 1 ? words.t('hace_1') : words.t('hace', {n: words.number(item.dias)})) : words.t('vence', {fecha: words.day(item.vence)});
    }

    choose(tabla, periodo, scroll) {
        Object.assign(this, {tabla, periodo});
        for (const button of this.due.querySelectorAll('.toca__item')) button.setAttribute('aria-pressed', String(button.dataset.lugar === `${tabla}|${periodo}`));
        this.open();
        if (scroll && narrow()) this.panel.scrollIntoView({block: 'start'});
    }

    async open() {
        const {words, tabla, region, periodo} = this;
        remember({region, tabla, periodo});
        if (this.sending) this.sending.end();
        const of = this.tableOf(tabla);
        if (!of) { fill(this.panel); return; }
        const known = this.items.find(i => this.isChosen(i));
        this.state = h('p', {class: 'figura__subtitulo panel__estado'}, known ? this.told(known, of) : '');
        this.below = h('div', {class: 'panel__historia'});
        const where = {tabla, region, periodo, version: known ? known.version : 0};
        this.sending = new Sending(words, where, this.options, () => this.refresh());
        fill(this.panel,
            h('h2', {class: 'figura__titulo'}, words.title(of), ' · ', words.period(periodo)), this.state,
            this.strip(of), h('div', {class: 'filtros'}, this.tables(), this.periods(of), of.sintetico && h('span', {class: 'chip-sintetico'}, words.t('sintetico'))),
            this.sending.element, this.below);
        this.history();
    }

    told(item, of) {
        const {words} = this;
        const limit = item.vence ? words.t(item.estado === 'falta' ? 'vencio' : 'vence', {fecha: words.day(item.vence)}) + (of.plazo_estado === 'propuesto' ? ` (${words.t('propuesto')})` : '') : words.t('sin_plazo');
        const came = item.recibido_en ? ` · ${words.t('version', {n: item.version})}, ${words.t('recibida_el', {fecha: words.day(item.recibido_en)})}` : '';
        return [h('span', {class: 'panel__marca'}, mark(item.estado), ' ', words.t(item.estado)), ` · ${this.regionName} · ${limit}${came}`,
            item.ultima_rechazada ? [' ', words.t('ultima_no', {n: item.version})] : null].flat();
    }

    /** The last periods of the table as a row of marks: how it goes, and a way to choose. */
    strip(of) {
        const {words} = this, own = this.items.filter(i => i.tabla === of.tabla).sort((a, b) => (a.periodo < b.periodo ? -1 : 1));
        if (own.length < 2) return null;
        const made = h('div', {class: 'tira', role: 'group', 'aria-label': words.t('tira', {tabla: words.title(of)})}, own.map(item => {
            const [month, year] = words.period(item.periodo).split(' ');
            return h('button', {class: 'tira__paso', type: 'button', 'aria-pressed': String(this.isChosen(item)), title: `${words.period(item.periodo)}: ${words.t(item.estado)}`, onclick: () => this.choose(item.tabla, item.periodo, false)},
                mark(item.estado), h('span', {class: 'tira__mes'}, month), h('span', {class: 'tira__anio'}, year || ''), h('span', {class: 'solo-lector'}, `: ${words.t(item.estado)}`));
        }));
        const chosen = made.querySelector('[aria-pressed="true"]') || made.lastElementChild;
        requestAnimationFrame(() => { made.scrollLeft = chosen.offsetLeft - (made.clientWidth - chosen.clientWidth) / 2; });
        return made;
    }

    tables() {
        const {words} = this, control = h('select', {class: 'campo__entrada', id: 'tabla', onchange: () => {
            const of = this.tableOf(control.value);
            this.choose(of.tabla, of.periodos.includes(this.periodo) ? this.periodo : of.periodos[0], false);
        }}, this.mine().map(t => option(t.tabla, words.title(t), this.tabla)));
        return h('div', {class: 'filtros__grupo'}, h('label', {class: 'filtros__rotulo', for: 'tabla'}, words.t('tabla')), control);
    }

    periods(of) {
        const {words} = this, codes = of.periodos.includes(this.periodo) ? of.periodos : [this.periodo, ...of.periodos];
        const control = h('select', {class: 'campo__entrada', id: 'periodo', onchange: () => this.choose(this.tabla, control.value, false)},
            codes.map(code => option(code, words.period(code), this.periodo)));
        return h('div', {class: 'filtros__grupo'}, h('label', {class: 'filtros__rotulo', for: 'periodo'}, words.t('periodo')), control);
    }

    /** After a delivery: the list and the history tell it; the verdict stays in sight. */
    async refresh() {
        const {words} = this;
        try {
            this.items = (await ask(words, `/api/v1/entregas/pendientes?${query({region: this.region})}`)).entregas;
            headline(...this.sentence());
            this.list();
            const known = this.items.find(i => this.isChosen(i)), of = this.tableOf(this.tabla);
            if (known) fill(this.state, ...this.told(known, of));
        } catch (error) {
            if (!(error instanceof DeskError)) throw error;
        }
        this.history();
    }

    async history() {
        const {words, tabla, region, periodo} = this;
        let found;
        try {
            found = await ask(words, `/api/v1/entregas/historia?${query({tabla, region, periodo})}`);
        } catch (error) {
            fill(this.below, problem(words, error, () => this.history()));
            return;
        }
        if (tabla !== this.tabla || periodo !== this.periodo || region !== this.region) return;
        fill(this.below, this.versions(found), this.statements(found.descargos));
        if (!this.state.textContent) fill(this.state, ...this.told(found.entrega, this.tableOf(tabla)));
    }

    versions(found) {
        const {words} = this;
        const rows = found.versiones.map(v => [
            link(path(`/entregas/constancia/${v.seq}`), {}, `N.º ${v.seq}`), words.t('version', {n: v.version}), words.instant(v.recibido_en),
            h('span', {class: 'fila'}, h('span', {class: `etiqueta etiqueta--${{aceptada: 'aceptada', rechazada: 'rechazada'}[v.estado] || 'advertencia'}`}, words.t('estado_' + v.estado)), v.vigente ? h('b', {}, words.t('vigente')) : null),
            words.number(v.filas), words.number(v.filas_cuarentena), this.changes(v)
        ]);
        const heads = [[words.t('col_constancia')], [words.t('version', {n: ''}).trim()], [words.t('col_recibida')], [words.t('col_estado')], [words.t('col_filas'), true], [words.t('col_cuarentena'), true], [words.t('col_cambios')]];
        return h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('versiones')),
            h('p', {class: 'figura__subtitulo'}, rows.length ? words.t('versiones_sub') : words.t('sin_versiones')),
            rows.length ? table(words.t('versiones'), heads, rows, 'tabla--fichas') : null);
    }

    changes(version) {
        const {words} = this;
        if (!version.filas_agregadas && !version.filas_cambiadas && !version.filas_retiradas) return version.motivo ? said(version.motivo) : '—';
        const place = h('div', {class: 'diferencias'});
        return h('details', {ontoggle: event => event.target.open && !place.childNodes.length && this.differences(version.seq, place)},
            h('summary', {}, words.t('cambios', {a: words.number(version.filas_agregadas), c: words.number(version.filas_cambiadas), r: words.number(version.filas_retiradas)})),
            version.motivo ? said(version.motivo, 'p', {class: 'tenue'}) : null, place);
    }

    async differences(seq, place) {
        const {words} = this;
        try {
            const found = await ask(words, `/api/v1/entregas/constancias/${seq}/diferencias?cuantos=100`);
            const show = value => (value === null || value === '' ? words.t('vacio') : String(value));
            fill(place, h('ul', {}, found.diferencias.map(d => h('li', {}, h('b', {}, words.t(d.tipo)), ' ', h('code', {}, Object.values(d.clave).join(' · ')),
                Object.entries(d.columnas).map(([column, [before, now]]) => h('div', {class: 'diferencias__celda'}, h('code', {}, column), ': ', h('del', {}, show(before)), ' → ', show(now)))))),
            found.total > found.diferencias.length ? h('p', {class: 'nota'}, words.t('primeras_diferencias', {n: words.number(found.diferencias.length), total: words.number(found.total)})) : null);
        } catch (error) {
            fill(place, problem(words, error));
        }
    }

    statements(items) {
        const {words} = this, text = h('textarea', {class: 'campo__entrada', rows: '4', maxlength: '4000'});
        const author = h('input', {class: 'campo__entrada', value: name.get(), maxlength: '200', autocomplete: 'name'}), told = h('div', {role: 'status', 'aria-live': 'polite'});
        const send = async event => {
            event.preventDefault();
            name.set(author.value.trim());
            try {
                const made = await ask(words, '/api/v1/entregas/descargos', {body: {tabla: this.tabla, region: this.region, periodo: this.periodo, autor: author.value, texto: text.value}});
                list.prepend(one(made));
                text.value = '';
                fill(told, h('p', {class: 'nota'}, words.t('descargo_hecho')));
            } catch (error) {
                fill(told, problem(words, error));
            }
        };
        const one = s => h('li', {}, h('blockquote', {class: 'cita'}, said(s.texto)), h('p', {class: 'nota'}, `${s.autor} (${words.t('declarado')}) · ${words.instant(s.creado_en)}`));
        const list = h('ul', {class: 'descargos'}, items.map(one));
        return h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('descargo')), h('p', {class: 'figura__subtitulo'}, words.t('descargo_sub')), list,
            h('details', {class: 'plegable'}, h('summary', {}, words.t('descargo_texto')), h('form', {class: 'formulario', onsubmit: send},
                field(words.t('descargo_texto'), text), field(words.t('nombre'), author), h('p', {}, h('button', {class: 'boton', type: 'submit'}, words.t('enviar_descargo'))), told)));
    }
}

function remembered() {
    try { return localStorage.getItem('siegem:region') || ''; } catch { return ''; }
}

function keep(region) {
    try { localStorage.setItem('siegem:region', region); } catch { /* a browser that keeps nothing */ }
}
