// Rules that are not met, the rows each one holds back, and the exceptions that somebody accepts by name.
import {ask, field, fill, h, name, option, problem, query, said, severity, table} from './pieza.js';

const SHOWN = 10;

export async function held(place, words, options) {
    const exceptions = h('div'), rules = h('div');
    fill(place, rules, exceptions);
    await Promise.all([showRules(rules, words, options, () => showExceptions(exceptions, words, options)), showExceptions(exceptions, words, options)]);
}

async function showRules(place, words, options, changed) {
    let found;
    try {
        found = (await ask(words, '/api/v1/entregas/reglas')).reglas;
    } catch (error) {
        fill(place, problem(words, error, () => showRules(place, words, options, changed)));
        return;
    }
    const list = h('div');
    const draw = count => fill(list, found.slice(0, count).map(rule => one(words, options, rule, changed)), found.length > count
        ? h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: () => draw(found.length)}, words.t('ver_mas', {n: words.number(found.length - count)}))) : null);
    draw(SHOWN);
    fill(place, h('section', {class: 'seccion', id: 'cuarentena'}, h('h2', {class: 'figura__titulo'}, words.t('reglas')),
        h('p', {class: 'figura__subtitulo'}, found.length ? words.t('reglas_sub') : words.t('sin_reglas')), list));
}

function one(words, options, rule, changed) {
    const inside = h('div');
    const counted = [['filas_cuenta', rule.filas], ['entregas_cuenta', rule.entregas], ['regiones_cuenta', rule.regiones.length]].filter(([, n]) => n).map(([key, n]) => words.many(key, n)).join(' · ');
    const opened = event => event.target.open && !inside.childNodes.length && rows(inside, words, options, rule, changed);
    const title = options.tablas.find(t => t.tabla === rule.tabla);
    return h('details', {class: 'plegable regla', ontoggle: opened},
        h('summary', {}, h('b', {}, rule.regla), ' · ', title ? words.title(title) : rule.titulo, ' · ', severity(words, rule.gravedad), ' · ', counted, rule.sin_verificar ? [' · ', h('span', {class: 'chip chip--advertencia', title: rule.sin_verificar}, words.t('sin_verificar'))] : null),
        h('div', {}, said(rule.ejemplo, 'p'), inside));
}

async function rows(place, words, options, rule, changed) {
    const names = new Map(options.regiones.map(r => [r.codigo, r.nombre]));
    let found;
    try {
        found = await ask(words, `/api/v1/entregas/cuarentena?${query({tabla: rule.tabla, regla: rule.regla})}`);
    } catch (error) {
        fill(place, problem(words, error, () => rows(place, words, options, rule, changed)));
        return;
    }
    const heads = [[words.t('region')], [words.t('periodo')], [words.t('fila'), true], [words.t('columna')], [words.t('valor')], [words.t('que')], [words.t('como')]];
    const list = h('div');
    const draw = count => fill(list,
        table(rule.regla, heads, found.filas.slice(0, count).map(r => [names.get(r.entrega_region) || r.entrega_region, words.period(r.entrega_periodo), r.fila_origen ? words.number(r.fila_origen) : '—',
            r.columna ? h('code', {}, r.columna) : '—', r.valor || '—', said(r.mensaje), said(r.remedio)]), 'tabla--fichas'),
        h('p', {class: 'fila'}, found.filas.length > count ? h('button', {class: 'boton boton--chico', type: 'button', onclick: () => draw(found.filas.length)}, words.t('ver_mas', {n: words.number(found.filas.length - count)})) : null,
            found.total > Math.min(count, found.filas.length) ? h('span', {class: 'nota'}, words.t('muestra', {n: words.number(Math.min(count, found.filas.length)), total: words.number(found.total)})) : null));
    if (found.filas.length) draw(SHOWN);
    else fill(list, h('p', {class: 'nota'}, words.t('sin_filas')));
    fill(place, list,
        rule.admite_excepcion ? grant(words, options, rule, changed) : h('p', {class: 'nota'}, words.t('no_admite')));
}

function grant(words, options, rule, changed) {
    const input = props => h('input', {class: 'campo__entrada', ...props});
    const region = h('select', {class: 'campo__entrada'}, rule.regiones.map(code => option(code, (options.regiones.find(r => r.codigo === code) || {nombre: words.t('nacional')}).nombre, rule.regiones[0])), option('', words.t('todas_regiones'), null));
    const codes = (options.tablas.find(t => t.tabla === rule.tabla) || {periodos: []}).periodos;
    const period = h('select', {class: 'campo__entrada'}, option('', words.t('todos_periodos'), ''), codes.map(c => option(c, words.period(c), '')));
    const who = input({value: name.get(), maxlength: '200', autocomplete: 'name', required: ''}), why = input({maxlength: '2000', minlength: '10', required: ''});
    const until = input({type: 'date', min: options.hoy, required: ''}), told = h('div', {role: 'status', 'aria-live': 'polite'});
    const send = async event => {
        event.preventDefault();
        name.set(who.value.trim());
        try {
            await ask(words, '/api/v1/entregas/excepciones', {body: {regla: rule.regla, tabla: rule.tabla, region: region.value, periodo: period.value, nombre: who.value, motivo: why.value, vence: until.value}});
            fill(told, h('p', {class: 'nota'}, words.t('registrada')));
            why.value = '';
            changed();
        } catch (error) {
            fill(told, problem(words, error));
        }
    };
    return h('details', {class: 'excepcion'}, h('summary', {}, words.t('aceptar')), h('p', {class: 'nota'}, words.t('aceptar_sub')),
        h('form', {class: 'formulario formulario--dos', onsubmit: send}, field(words.t('region'), region), field(words.t('periodo'), period), field(words.t('nombre'), who), field(words.t('hasta'), until),
            field(words.t('motivo'), why), h('p', {}, h('button', {class: 'boton', type: 'submit'}, words.t('registrar'))), told));
}

async function showExceptions(place, words, options) {
    let found;
    try {
        found = (await ask(words, '/api/v1/entregas/excepciones')).excepciones;
    } catch (error) {
        fill(place, problem(words, error, () => showExceptions(place, words, options)));
        return;
    }
    const names = new Map(options.regiones.map(r => [r.codigo, r.nombre])), told = h('div', {role: 'status', 'aria-live': 'polite'});
    const withdraw = async one => {
        try {
            await ask(words, `/api/v1/entregas/excepciones/${one.id}`, {method: 'DELETE'});
            await showExceptions(place, words, options);
        } catch (error) {
            fill(told, problem(words, error));
        }
    };
    const title = one => { const of = options.tablas.find(t => t.tabla === one.tabla); return of ? words.title(of) : one.tabla; };
    const heads = [[words.t('regla')], [words.t('tabla')], [words.t('region')], [words.t('periodo')], [words.t('quien')], [words.t('motivo')], [words.t('hasta')], ['']];
    fill(place, h('section', {class: 'seccion', id: 'excepciones'}, h('h2', {class: 'figura__titulo'}, words.t('excepciones')),
        h('p', {class: 'figura__subtitulo'}, found.length ? words.t('excepciones_sub') : words.t('sin_excepciones')),
        found.length ? table(words.t('excepciones'), heads, found.map(one => [one.regla_id, title(one), one.cod_region ? names.get(one.cod_region) || one.cod_region : words.t('todas_regiones'),
            one.periodo ? words.period(one.periodo) : words.t('todos_periodos'), one.nombre, said(one.motivo), words.day(one.vence),
            h('button', {class: 'boton boton--chico', type: 'button', onclick: () => withdraw(one)}, words.t('retirar'))]), 'tabla--fichas') : null, told));
}
