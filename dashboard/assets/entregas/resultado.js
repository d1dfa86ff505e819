// A verdict in plain words: the sentence, what to do next, and the findings row by row.
import {ask, fill, h, icon, link, path, said, severity, table} from './pieza.js';

const PAGE = 300;

/** How many things to look at: lateness is nobody's cell to mend. */
const countOf = (verdict, findings) => (verdict.total === null ? null : verdict.total - findings.filter(f => f.regla === 'G-11' && f.gravedad !== 'informativa').length);

/** The block of a finished upload. `act.send()` sends what was only tried. */
export function result(words, upload, act) {
    const verdict = upload.veredicto;
    if (upload.estado === 'no_recibida' || !verdict) return refused(words, upload, act);
    const findings = upload.hallazgos, total = countOf(verdict, findings), rows = words.number(verdict.filas);
    const title = total ? words.t(total === 1 ? 'una' : 'varias', {n: words.number(total), filas: rows}) : words.t('ninguna', {filas: rows});
    const trial = upload.solo_revisar, rejected = verdict.estado === 'rechazada';
    const tone = rejected ? 'error' : total ? 'advertencia' : 'exito';
    return h('section', {class: `veredicto veredicto--${tone}`, 'aria-labelledby': 'veredicto-titulo'},
        h('h3', {class: 'veredicto__titulo', id: 'veredicto-titulo', tabindex: '-1'}, trial || !upload.constancia ? title : words.t('constancia', {n: upload.constancia})),
        !trial && upload.constancia && h('p', {class: 'veredicto__cuenta'}, title, '. ', counted(words, verdict)),
        trial && h('p', {class: 'veredicto__cuenta'}, rejected ? words.t('no_entraria') : verdict.filas_cuarentena
            ? words.t('entrarian', {ok: words.number(verdict.filas_aceptadas), mal: words.number(verdict.filas_cuarentena)}) : words.t('entrarian_todas'), ' ', words.t('prueba_hecha')),
        upload.repetida && h('p', {}, words.t('identico', {n: verdict.version})),
        (verdict.filas_agregadas || verdict.filas_cambiadas || verdict.filas_retiradas) ? h('p', {class: 'tenue'}, words.t('reemplaza',
            {a: words.number(verdict.filas_agregadas), c: words.number(verdict.filas_cambiadas), r: words.number(verdict.filas_retiradas)})) : null,
        rejected && said(verdict.frase, 'p', {class: 'veredicto__frase'}),
        findings.filter(f => f.regla === 'G-11').map(f => said(f.mensaje, 'p', {class: 'nota nota--junto'})),
        h('p', {class: 'fila'}, buttons(words, upload, act, total, rejected)),
        list(words, upload, total));
}

const counted = (words, v) => (v.estado === 'rechazada' ? words.t('no_aceptada') : v.filas_cuarentena
    ? words.t('aceptadas', {ok: words.number(v.filas_aceptadas), filas: words.number(v.filas), mal: words.number(v.filas_cuarentena)})
    : words.t('aceptadas_todas', {filas: words.number(v.filas)}));

function buttons(words, upload, act, total, rejected) {
    const faulty = upload.hallazgos.some(f => f.regla !== 'G-11' && f.gravedad !== 'informativa');
    const download = faulty && h('a', {class: `boton${upload.solo_revisar && rejected ? ' boton--principal' : ''}`, href: `/api/v1/cargas/${upload.id}/corregible`, download: '', title: words.t('corregible_sub')},
        icon('descargar'), words.t('corregible'));
    if (upload.solo_revisar) {
        const send = upload.se_puede_enviar && h('button', {class: `boton${rejected ? '' : ' boton--principal'}`, type: 'button', onclick: act.send},
            total ? words.t('enviar_igual') : words.t('enviar_ya'));
        return total ? [download, send] : [send, download];
    }
    return [
        upload.constancia && link(path(`/entregas/constancia/${upload.constancia}`), {class: `boton${total ? '' : ' boton--principal'}`}, words.t('ver_constancia')),
        upload.constancia && h('a', {class: 'boton', href: `/api/v1/entregas/constancias/${upload.constancia}.pdf`, target: '_blank', rel: 'noopener'}, icon('descargar'), words.t('pdf')),
        download
    ];
}

function refused(words, upload, act) {
    return h('section', {class: 'veredicto veredicto--error', 'aria-labelledby': 'veredicto-titulo'},
        h('h3', {class: 'veredicto__titulo', id: 'veredicto-titulo', tabindex: '-1'}, words.t('no_recibido')),
        said(upload.mensaje, 'p', {class: 'veredicto__frase'}),
        upload.se_puede_enviar && !upload.solo_revisar && h('p', {}, h('button', {class: 'boton', type: 'button', onclick: act.send}, words.t('reenviar'))));
}

function list(words, upload, total) {
    const faulty = f => f.gravedad !== 'informativa' && f.regla !== 'G-11';
    const shown = upload.hallazgos.filter(faulty), notes = upload.hallazgos.filter(f => f.gravedad === 'informativa');
    const place = h('div', {class: 'hallazgos'});
    const draw = items => fill(place, items.length ? findings(words, items) : null,
        shown.length < total && upload.hallazgos_guardados > upload.hallazgos.length ? more() : null);
    const more = () => h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: async event => {
        event.target.disabled = true;
        const next = await ask(words, `/api/v1/cargas/${upload.id}?desde=${upload.hallazgos.length}&cuantos=${PAGE}`).catch(() => null);
        event.target.disabled = false;
        if (!next) return;
        upload.hallazgos.push(...next.hallazgos);
        shown.push(...next.hallazgos.filter(faulty));
        draw(shown);
    }}, words.t('mas_hallazgos')));
    draw(shown);
    return [
        place,
        upload.hallazgos_guardados < total ? h('p', {class: 'nota'}, words.t('hallazgos_recortados', {n: words.number(upload.hallazgos_guardados)})) : null,
        shown.length && upload.solo_revisar ? h('p', {class: 'nota'}, words.t('otra_vez')) : null,
        notes.length ? h('details', {class: 'plegable'}, h('summary', {}, words.t('notas'), ` (${notes.length})`),
            h('ul', {}, notes.map(n => said(`${n.mensaje} ${n.remedio}`.trim(), 'li')))) : null
    ];
}

const findings = (words, items) => table(words.t('que'),
    [[words.t('fila'), true], [words.t('columna')], [words.t('que')], [words.t('como')], [words.t('gravedad')]],
    items.map(f => [f.fila ? words.number(f.fila) : '—', f.columna ? h('code', {}, f.columna) : words.t('archivo_entero'),
        said(bare(f)), said(f.remedio), severity(words, f.gravedad)]), 'tabla--fichas tabla--hallazgos');

/** The sentence without the row and column that already stand beside it. */
function bare(finding) {
    const text = finding.mensaje.replace(/^Fila [\d,]+, «[^»]+»: /, '');
    return text.charAt(0).toUpperCase() + text.slice(1);
}
