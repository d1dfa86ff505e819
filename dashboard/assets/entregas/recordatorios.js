// Reminders: a letter for each region, to be copied or opened in the mail, and marked once somebody has sent it.
import {ask, field, fill, h, name, problem} from './pieza.js';

const SHOWN = 8;

export async function reminders(place, words, options) {
    let found;
    try {
        found = await ask(words, '/api/v1/entregas/recordatorios');
    } catch (error) {
        fill(place, problem(words, error, () => reminders(place, words, options)));
        return;
    }
    const names = new Map(options.regiones.map(r => [r.codigo, r.nombre])), list = h('div');
    const all = found.recordatorios;
    const draw = count => fill(list, all.slice(0, count).map(r => letter(words, r, names.get(r.region))), all.length > count
        ? h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: () => draw(all.length)}, words.t('ver_mas', {n: words.number(all.length - count)}))) : null);
    draw(SHOWN);
    fill(place, h('section', {class: 'seccion', id: 'recordatorios'}, h('h2', {class: 'figura__titulo'}, words.t('recordatorios')),
        h('p', {class: 'figura__subtitulo'}, all.length ? words.t('recordatorios_sub', {d: found.dias}) : words.t('sin_recordatorios')), list));
}

function letter(words, r, region) {
    const oldest = Math.max(...r.pendientes.map(p => p.dias)), owed = r.pendientes.length;
    const last = h('span', {class: 'tenue'}, sent(words, r.ultimo));
    const text = h('textarea', {class: 'campo__entrada carta', rows: String(Math.min(18, r.texto.split('\n').length + 3)), lang: 'es', value: r.texto});
    const who = h('input', {class: 'campo__entrada', value: name.get(), maxlength: '200', autocomplete: 'name'});
    const told = h('div', {role: 'status', 'aria-live': 'polite'});
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text.value);
        } catch {
            text.select();  // no clipboard over plain HTTP: the old way
            document.execCommand('copy');
        }
        fill(told, h('p', {class: 'nota'}, words.t('copiado')));
    };
    const mail = h('a', {class: 'boton boton--chico', href: '#', onclick: () => mail.setAttribute('href', `mailto:?subject=${encodeURIComponent(r.asunto)}&body=${encodeURIComponent(text.value)}`)}, words.t('correo'));
    const note = async event => {
        event.preventDefault();
        name.set(who.value.trim());
        try {
            const made = await ask(words, '/api/v1/entregas/recordatorios', {body: {region: r.region, enviado_por: who.value, texto: text.value}});
            last.textContent = sent(words, made);
            fill(told, h('p', {class: 'nota'}, words.t('marcado', {quien: made.enviado_por})));
        } catch (error) {
            fill(told, problem(words, error));
        }
    };
    return h('details', {class: 'plegable recordatorio'},
        h('summary', {}, h('b', {}, region), ' · ', words.many('pendientes', owed), ' · ', words.t('mas_antigua', {n: words.number(oldest)}), ' · ', last),
        h('form', {class: 'formulario', onsubmit: note}, field(words.t('texto'), text), h('p', {class: 'fila'}, h('button', {class: 'boton boton--chico', type: 'button', onclick: copy}, words.t('copiar')), mail),
            field(words.t('nombre'), who), h('p', {}, h('button', {class: 'boton', type: 'submit'}, words.t('marcar'))), told));
}

const sent = (words, last) => (last ? words.t('ultimo', {fecha: words.day(last.enviado_en), quien: last.enviado_por}) : words.t('nunca'));
