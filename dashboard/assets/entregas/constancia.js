// The receipt as a page: what the PDF says, to be read on any screen.
import {ask, fill, h, icon, link, path, problem, said, severity, table, Words} from './pieza.js';

export async function start(place) {
    const words = new Words(place);
    try {
        show(place, words, await ask(words, `/api/v1/entregas/constancias/${place.dataset.seq}`));
    } catch (error) {
        fill(place, problem(words, error, () => start(place)));
    }
}

function show(place, words, r) {
    const number = n => words.number(n);
    const tone = {aceptada: 'aceptada', rechazada: 'rechazada'}[r.estado] || 'advertencia';
    const stamp = text => `${text} (${words.t('lima')})`;
    const due = r.fecha_limite ? `${words.day(r.fecha_limite)} (${words.t(r.a_tiempo ? 'a_tiempo' : 'despues')})` : words.t('sin_plazo');
    fill(place,
        h('p', {class: 'oracion-sub'}, [r.titulo, r.cod_region === '00' ? words.t('nacional') : r.region, words.period(r.periodo), words.t('version', {n: r.version})].join(' · ')),
        h('p', {class: 'fila constancia__acciones'},
            h('a', {class: 'boton boton--principal', href: `/api/v1/entregas/constancias/${r.seq}.pdf`, target: '_blank', rel: 'noopener'}, icon('descargar'), words.t('pdf')),
            h('button', {class: 'boton', type: 'button', onclick: () => window.print()}, words.t('imprimir')),
            link(path('/entregas', {region: r.cod_region, tabla: r.tabla, periodo: r.periodo}), {class: 'boton'}, words.t('ir')),
            r.sintetico ? h('span', {class: 'chip-sintetico'}, words.t('sintetico')) : null),
        h('div', {class: 'columnas'},
            h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('recibido')), facts([
                [words.t('fecha_hora'), stamp(r.recibido_lima)], [words.t('archivo'), r.archivo], ['SHA-256', h('code', {class: 'huella'}, r.hash_archivo)],
                [words.t('tabla'), `${r.titulo} (${r.tabla}; ${words.t('contrato', {c: r.contrato, v: r.version_contrato})})`],
                [words.t('entidad'), [r.region, r.autoridad].filter(Boolean).join(' · ')], [words.t('periodo'), words.period(r.periodo)], [words.t('limite'), due],
                [words.t('enviado_por'), r.remitente], [words.t('motivo_cambio'), r.motivo]])),
            h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('resultado')), said(r.mensaje, 'p', {class: 'nota nota--junto'}), facts([
                [words.t('estado'), h('span', {class: `etiqueta etiqueta--${tone}`}, words.t('estado_' + r.estado))], [words.t('filas'), number(r.filas)],
                [words.t('aceptadas_n'), number(r.filas_aceptadas)], [words.t('cuarentena'), number(r.filas_cuarentena)],
                [words.t('version_titulo'), r.reemplaza ? words.t('reemplaza_a', {n: r.version, m: r.reemplaza}) : r.version],
                [words.t('diferencia'), r.reemplaza ? words.t('cambios', {a: number(r.filas_agregadas), c: number(r.filas_cambiadas), r: number(r.filas_retiradas)}) : '']]))),
        r.reglas.length ? h('section', {class: 'seccion'}, h('h2', {class: 'figura__titulo'}, words.t('reglas')), table(words.t('reglas'),
            [[words.t('regla')], [words.t('gravedad')], [words.t('fila'), true], [words.t('que')]],
            r.reglas.map(x => [x.regla_id, severity(words, x.severidad), number(x.filas_fallidas), said(x.mensaje)]), 'tabla--fichas')) : null);
}

const facts = pairs => h('dl', {class: 'ficha'}, pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([label, value]) => h('div', {class: 'ficha__fila'}, h('dt', {}, label), h('dd', {}, value))));
