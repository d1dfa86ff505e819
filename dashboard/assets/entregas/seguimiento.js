// The analyst's page: the matrix of a period, reminders, rules that are not met, exceptions.
import {ask, fill, h, headline, link, mark, option, path, problem, query, remember, Words} from './pieza.js';
import {reminders} from './recordatorios.js';
import {held} from './cuarentena.js';

export async function start(place) {
    const words = new Words(place);
    let options;
    try {
        options = await ask(words, '/api/v1/entregas/opciones');
    } catch (error) {
        fill(place, problem(words, error, () => start(place)));
        return;
    }
    const asked = new URLSearchParams(location.search).get('periodo'), newest = options.periodos.mes[1];
    const begun = options.periodos.mes.includes(options.mes_iniciado) ? options.mes_iniciado : newest;
    const chosen = asked || begun;
    const board = h('div'), letters = h('div'), rules = h('div'), told = h('p', {class: 'nota', id: 'mes-iniciado', hidden: Boolean(asked) || begun === newest});
    const change = period => { told.hidden = true; control.value = period; matrix(board, words, options, period); };
    const control = h('select', {class: 'campo__entrada', id: 'periodo', onchange: () => change(control.value)},
        [['meses_grupo', 'mes'], ['trimestres_grupo', 'trimestre'], ['anios_grupo', 'anio']].map(([key, kind]) =>
            h('optgroup', {label: words.t(key)}, options.periodos[kind].map(code => option(code, words.period(code), chosen)))));
    fill(place, h('div', {class: 'filtros'}, h('div', {class: 'filtros__grupo'}, h('label', {class: 'filtros__rotulo', for: 'periodo'}, words.t('periodo')), control)), told, board, letters, rules);
    fill(told, words.t('iniciado', {periodo: words.period(begun)}), ' ',
        h('button', {class: 'enlace', type: 'button', onclick: () => change(newest)}, words.t('mas_reciente', {periodo: words.period(newest)})));
    matrix(board, words, options, control.value);
    reminders(letters, words, options);
    held(rules, words, options);
}

async function matrix(place, words, options, period) {
    remember({periodo: period});
    let found;
    try {
        found = await ask(words, `/api/v1/entregas/seguimiento?${query({periodo: period})}`);
    } catch (error) {
        fill(place, problem(words, error, () => matrix(place, words, options, period)));
        return;
    }
    headline(sentence(words, found));
    if (!found.tablas.length) {
        fill(place, h('p', {class: 'estado-vacio'}, words.t('frase_nada', {periodo: words.period(period)})));
        return;
    }
    const regions = [...options.regiones].sort((a, b) => b.piloto - a.piloto || a.nombre.localeCompare(b.nombre, 'es'));
    const of = new Map(found.entregas.map(d => [`${d.tabla}|${d.cod_region}`, d]));
    const names = new Map(regions.map(r => [r.codigo, r.nombre]));
    fill(place, h('section', {class: 'seccion'},
        h('h2', {class: 'figura__titulo'}, words.t('matriz')), h('p', {class: 'figura__subtitulo'}, words.t('matriz_sub')), legend(words, found.entregas),
        h('p', {class: 'frase-celda solo-ancho', id: 'frase-celda', 'aria-live': 'polite'}, words.t('recorra')),
        wide(words, found, regions, of), narrow(words, found, names)));
}

function sentence(words, found) {
    const of = (...states) => found.entregas.filter(d => states.includes(d.estado)), total = found.entregas.length, period = words.period(found.periodo);
    if (!total) return words.t('frase_nada', {periodo: period});
    const missing = of('falta'), refused = of('rechazada'), late = of('tarde');
    const regions = new Set(missing.map(d => d.cod_region)).size;
    const first = of('por_vencer', 'en_curso', 'sin_plazo').length === total ? words.t('frase_pronto', {periodo: period})
        : !missing.length ? words.t('frase_todas', {periodo: period, total: words.number(total)})
        : words.t(missing.length === 1 ? 'frase_falta' : 'frase_faltan', {periodo: period, n: words.number(missing.length), total: words.number(total), r: regions});
    return [first, refused.length ? words.many('frase_corregir', refused.length) : '', late.length ? words.many('frase_tarde', late.length) : ''].filter(Boolean).join(' ');
}

const legend = (words, items) => h('div', {class: 'leyenda'}, ['recibida', 'tarde', 'rechazada', 'falta', 'por_vencer', 'en_curso', 'sin_plazo'].filter(s => items.some(i => i.estado === s))
    .map(state => h('span', {class: 'leyenda__item'}, mark(state), ' ', words.t(state), ` (${words.number(items.filter(i => i.estado === state).length)})`)));

function spoken(words, item, region) {
    const parts = [words.t(item.estado)];
    if (item.recibido_en) parts.push(words.day(item.recibido_en), words.t('version', {n: item.version}), words.t('filas_n', {n: words.number(item.filas), m: words.number(item.filas_cuarentena)}));
    if (item.vence) parts.push(words.t(item.estado === 'falta' ? 'vencio' : 'vence', {fecha: words.day(item.vence)}));
    if (item.dias && item.estado !== 'falta') parts.push(item.dias === 1 ? words.t('dia_tarde') : words.t('dias_tarde', {n: words.number(item.dias)}));
    return `${region}: ${parts.join(' · ')}. ${item.estado === 'rechazada' ? item.mensaje : ''}`.trim();
}

function wide(words, found, regions, of) {
    const apart = regions.findIndex(r => !r.piloto);
    const side = at => (at === 0 || at === apart ? ' matriz__aparte' : '');
    let first = true;
    const cell = (table, region, at) => {
        const item = of.get(`${table.tabla}|${region.codigo}`), text = spoken(words, item, region.nombre);
        const made = link(path('/entregas', {region: region.codigo, tabla: table.tabla, periodo: found.periodo}),
            {class: 'celda', tabindex: first ? '0' : '-1', 'data-rotulo': words.title(table), 'data-frase': text, 'aria-label': `${words.title(table)}, ${text}`}, mark(item.estado));
        first = false;
        return h('td', {class: `matriz__celda matriz__celda--entrega${side(at)}`}, made);
    };
    return h('div', {class: 'matriz-marco solo-ancho', role: 'region', 'aria-label': words.t('matriz')}, h('table', {class: 'matriz matriz--entregas'},
        h('colgroup', {}, h('col', {class: 'matriz__col-nombre'}), regions.map((r, at) => h('col', {class: at === 0 || at === apart ? 'matriz__col-aparte' : ''}))),
        h('thead', {}, h('tr', {}, h('th', {class: 'matriz__esquina', scope: 'col'}, words.t('tabla')), regions.map((r, at) =>
            h('th', {scope: 'col', class: `matriz__region${r.piloto ? ' matriz__region--piloto' : ''}${side(at)}`}, link(path('/entregas', {region: r.codigo}), {}, r.nombre))))),
        h('tbody', {}, found.tablas.map(table => h('tr', {class: 'matriz__fila'}, h('th', {class: 'matriz__indicador', scope: 'row'}, h('span', {}, words.title(table))), regions.map((r, at) => cell(table, r, at)))))));
}

/** On a phone: each table with the regions that owe it. */
function narrow(words, found, names) {
    return h('div', {class: 'solo-movil'}, found.tablas.map(table => {
        const own = found.entregas.filter(d => d.tabla === table.tabla), good = own.filter(d => d.estado === 'recibida' || d.estado === 'tarde');
        const rest = own.filter(d => !good.includes(d));
        return h('details', {class: 'plegable'}, h('summary', {}, h('b', {}, words.title(table)), ' · ', words.t('de_regiones', {n: words.number(good.length), total: words.number(own.length)})),
            h('ul', {class: 'toca__lista'}, rest.map(d => h('li', {}, link(path('/entregas', {region: d.cod_region, tabla: d.tabla, periodo: d.periodo}), {class: 'toca__item'},
                mark(d.estado), h('span', {class: 'toca__nombre'}, names.get(d.cod_region)), h('span', {class: 'toca__cuando'}, words.t(d.estado)))))));
    }));
}
