// The register of alerts: what is open, whose it is and until when; each is assigned and closed here.
import {ask, field, fill, h, headline, link, mark, name, option, path, problem, query, remember, said, Words} from './pieza.js';

const SHOWN = 25, MOST = 300;
const SHAPES = {falta: 'falta', regla: 'rechazada'};

export function start(place) {
    const words = new Words(place), asked = new URLSearchParams(location.search);
    const list = h('section', {class: 'seccion', 'aria-live': 'polite'});
    const regions = words.texts.regiones.split('|').map(pair => pair.split(':'));
    const region = choice('region', [['', words.t('todas')], ...regions], asked.get('region') || '');
    const tipo = choice('tipo', [['', words.t('todas')], ...['senal', 'falta', 'regla'].map(kind => [kind, words.texts['tipo_' + kind]])], asked.get('tipo') || '');
    const estado = choice('estado', ['vigentes', 'cesaron', 'cerradas', 'todas'].map(key => [key, words.texts[key]]), 'vigentes');
    const look = () => {
        remember({region: region.value, tipo: tipo.value});
        return show(list, words, {region: region.value, tipo: tipo.value, estado: estado.value});
    };
    for (const control of [region, tipo, estado]) control.addEventListener('change', look);
    const filter = control => h('div', {class: 'filtros__grupo'}, h('label', {class: 'filtros__rotulo', for: control.id}, words.texts[control.id]), control);
    fill(place, h('div', {class: 'filtros'}, [region, tipo, estado].map(filter)), list);
    return look();
}

const choice = (id, options, chosen) => h('select', {class: 'campo__entrada', id}, options.map(([value, text]) => option(value, text, chosen)));

async function show(place, words, wanted) {
    let found;
    try {
        found = await ask(words, `/api/v1/avisos/alertas?${query(wanted)}`);
    } catch (error) {
        fill(place, problem(words, error, () => show(place, words, wanted)));
        return;
    }
    headline(sentence(words, found, wanted));
    const list = h('div'), recount = async () => headline(sentence(words, await ask(words, `/api/v1/avisos/alertas?${query(wanted)}`), wanted));
    const draw = count => fill(list, found.alertas.slice(0, count).map(alert => one(words, alert, recount)),
        found.alertas.length > count ? h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: () => draw(found.alertas.length)}, words.t('ver_mas', {n: words.number(found.alertas.length - count)}))) : null,
        found.total > MOST && count >= MOST ? h('p', {class: 'nota'}, words.t('primeras', {n: words.number(MOST)})) : null);
    draw(SHOWN);
    fill(place, found.total ? list : h('p', {class: 'estado-vacio'}, words.t('frase_ninguna')));
}

function sentence(words, found, wanted) {
    if (!found.total) return words.t('frase_ninguna');
    if (wanted.estado !== 'vigentes') return words.many('frase_otras', found.total);
    return words.many('frase', found.total, {m: words.number(found.pasadas), s: words.number(found.sin_responsable)});
}

function one(words, alert, recount) {
    const head = h('summary'), body = h('div');
    const tell = now => fill(head, now.tipo === 'senal' ? h('span', {class: 'glifo glifo--senal', 'aria-hidden': 'true'}) : mark(SHAPES[now.tipo]), ' ',
        h('b', {}, now.region), ' · ', said(now.frase), ' ', h('span', {class: 'tenue'}, state(words, now)));
    tell(alert);
    return h('details', {class: 'plegable alerta', ontoggle: event => event.target.open && !body.childNodes.length && open(body, words, alert.id, tell, recount)}, head, body);
}

/** «Rosa Quispe · atender hasta el 03-12-2026 · cesó el 28-11-2026» */
function state(words, alert) {
    if (alert.estado === 'cerrada') return words.t('cerrada_por', {quien: alert.cerrada_por, fecha: words.day(alert.cerrada_en)});
    return [
        alert.responsable || words.t('sin_responsable'),
        alert.vence && (alert.pasada ? words.t('paso', {fecha: words.day(alert.vence)}) : words.t('hasta', {fecha: words.day(alert.vence)})),
        alert.ceso_en && words.t('ceso', {fecha: words.day(alert.ceso_en)}),
        alert.reaperturas > 0 && words.t('volvio_n')
    ].filter(Boolean).join(' · ');
}

async function open(place, words, id, tell, recount) {
    let found;
    try {
        found = await ask(words, `/api/v1/avisos/alertas/${id}`);
    } catch (error) {
        fill(place, problem(words, error, () => open(place, words, id, tell, recount)));
        return;
    }
    const {alerta, hechos} = found, again = async () => { await open(place, words, id, tell, recount); await recount(); };
    tell(alerta);
    const [to, values] = alerta.enlace.split('?');
    fill(place,
        h('p', {}, link(path(to, Object.fromEntries(new URLSearchParams(values))), {}, words.t('ver'))),
        h('p', {}, h('b', {}, words.t('historia'))), h('ul', {class: 'pila'}, hechos.map(fact => event(words, fact))),
        alerta.estado === 'cerrada' ? null : h('div', {class: 'columnas'}, assigning(words, alerta, again), closing(words, alerta, again)));
}

function event(words, fact) {
    const words_ = (words.texts['hecho_' + fact.hecho] || fact.hecho).replace('{n}', fact.publicacion);
    const detail = ['asignada', 'cerrada'].includes(fact.hecho) && fact.texto;
    return h('li', {}, words.instant(fact.ocurrido_en), ' · ', h('b', {}, words_), fact.quien ? ` · ${fact.quien}` : '', detail ? [': ', said(detail)] : '');
}

function assigning(words, alert, done) {
    const owner = h('input', {class: 'campo__entrada', value: alert.responsable, maxlength: '200', required: true});
    const due = h('input', {class: 'campo__entrada', type: 'date', value: alert.vence || ''});
    return form(words, alert, 'asignar', [field(words.t('responsable'), owner), field(words.t('plazo'), due)], () => ({responsable: owner.value, vence: due.value || null, por: name.get()}), done);
}

function closing(words, alert, done) {
    const what = h('textarea', {class: 'campo__entrada', rows: '3', maxlength: '4000', required: true, lang: 'es'});
    const who = h('input', {class: 'campo__entrada', value: name.get(), maxlength: '200', autocomplete: 'name', required: true});
    return form(words, alert, 'cerrar', [field(words.t('que_se_hizo'), what, words.t('que_ayuda')), field(words.t('nombre'), who)], () => {
        name.set(who.value.trim());
        return {hecho: what.value, por: who.value};
    }, done);
}

function form(words, alert, act, fields, body, done) {
    const told = h('div', {role: 'status', 'aria-live': 'polite'});
    const send = async event => {
        event.preventDefault();
        try {
            await ask(words, `/api/v1/avisos/alertas/${alert.id}/${act}`, {body: body()});
            await done();
        } catch (error) {
            fill(told, problem(words, error));
        }
    };
    return h('form', {class: 'formulario', onsubmit: send}, fields, h('p', {}, h('button', {class: 'boton', type: 'submit'}, words.texts[act])), told);
}
