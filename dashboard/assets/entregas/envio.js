// The three steps of a delivery: template, file, send. One upload at a time; it goes on while its sender looks at other pages.
import {ask, DeskError, field, fill, h, icon, name, problem, query} from './pieza.js';
import {memory, Refused, Upload, wasCancelled} from './carga.js';
import {result} from './resultado.js';

/** What is on its way from this tab, whatever page is open. */
const tab = {upload: null, told: null, place: null, listen: null};

/** The panel of one delivery. `done()` is called when a delivery got its verdict, so that the rest of the page follows. */
export class Sending {
    constructor(words, where, options, done) {
        Object.assign(this, {words, where, options, done, file: null, alive: true});
        this.element = h('div', {class: 'envio'});
        this.status = h('div', {class: 'envio__estado', role: 'status', 'aria-live': 'polite'});
        this.verdict = h('div', {class: 'envio__veredicto'});
        this.sender = h('input', {class: 'campo__entrada', value: name.get(), maxlength: '200', autocomplete: 'name', onchange: () => name.set(this.sender.value.trim())});
        this.reason = h('input', {class: 'campo__entrada', maxlength: '2000'});
        this.draw();
    }

    draw() {
        const {words, where} = this;
        const step = (n, title, sub, ...inside) => h('li', {class: 'paso'}, h('span', {class: 'paso__numero', 'aria-hidden': 'true'}, n),
            h('div', {class: 'paso__cuerpo'}, h('h3', {class: 'paso__titulo'}, title), sub && h('p', {class: 'paso__ayuda'}, sub), ...inside));
        this.check = h('button', {class: 'boton', type: 'button', onclick: () => this.send(true)}, words.t('revisar'));
        this.go = h('button', {class: 'boton boton--principal', type: 'button', onclick: () => this.send(false)}, words.t('enviar'));
        fill(this.element,
            h('ol', {class: 'pasos'},
                step('1', words.t('paso_plantilla'), words.t('paso_plantilla_sub'), h('p', {},
                    h('a', {class: 'boton', href: `/api/v1/entregas/plantilla?${query(where)}`, download: '', onclick: event => this.template(event)}, icon('descargar'), words.t('plantilla')))),
                step('2', words.t('paso_archivo'), null, this.drop()),
                step('3', words.t('paso_enviar'), words.t('paso_enviar_sub'),
                    h('div', {class: 'envio__campos'}, field(words.t('nombre'), this.sender),
                        where.version ? field(words.t('motivo'), this.reason, words.t('motivo_ayuda')) : null),
                    h('p', {class: 'fila'}, this.check, this.go))),
            this.status, this.verdict);
        this.resume();
    }

    drop() {
        const {words} = this;
        this.input = h('input', {type: 'file', id: 'archivo', class: 'soltar__entrada', accept: '.xlsx,.csv', onchange: () => this.choose(this.input.files[0])});
        this.chosen = h('div', {class: 'soltar__elegido'});
        const zone = h('div', {class: 'soltar'}, icon('entregas'),
            h('p', {class: 'soltar__texto'}, h('span', {class: 'soltar__arrastre'}, words.t('arrastre'), ' '), h('label', {class: 'boton soltar__boton', for: 'archivo'}, words.t('elegir')), this.input),
            this.chosen, h('p', {class: 'campo__ayuda'}, words.t('tipos', {mb: words.number(this.options.max_bytes / 1e6)})));
        for (const kind of ['dragenter', 'dragover']) zone.addEventListener(kind, event => { event.preventDefault(); zone.classList.add('soltar--encima'); });
        zone.addEventListener('dragleave', event => { if (!zone.contains(event.relatedTarget)) zone.classList.remove('soltar--encima'); });
        zone.addEventListener('drop', event => {
            event.preventDefault();
            zone.classList.remove('soltar--encima');
            if (event.dataTransfer.files.length) this.choose(event.dataTransfer.files[0]);
        });
        return zone;
    }

    /** A template that cannot be made is told here, not in a file called «error». */
    async template(event) {
        event.preventDefault();
        const {words} = this, anchor = event.currentTarget;
        anchor.setAttribute('aria-busy', 'true');
        try {
            const answer = await fetch(anchor.href, {credentials: 'same-origin'}).catch(() => null);
            if (!answer || !answer.ok) {
                const told = answer ? await answer.json().catch(() => ({})) : {};
                throw new DeskError(answer ? answer.status : 0, told.title || words.t('sin_servidor'), told.detail);
            }
            const named = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') || '');
            const address = URL.createObjectURL(await answer.blob());
            const save = h('a', {href: address, download: named ? named[1] : 'plantilla.xlsx'});
            save.click();
            setTimeout(() => URL.revokeObjectURL(address), 60000);
        } catch (error) {
            fill(this.status, problem(words, error));
        } finally {
            anchor.removeAttribute('aria-busy');
        }
    }

    choose(file) {
        if (!file || tab.upload) return;
        this.file = file;
        memory.forget(memory.pending);
        fill(this.status);
        fill(this.verdict);
        fill(this.chosen, h('span', {class: 'soltar__nombre'}, icon('tabla'), file.name, ' ', h('span', {class: 'tenue'}, this.words.size(file.size))),
            h('button', {class: 'boton boton--llano', type: 'button', onclick: () => { this.clear(); this.input.focus(); }}, this.words.t('quitar')));
    }

    clear() {
        this.file = null;
        this.input.value = '';
        fill(this.chosen);
    }

    busy(on) {
        for (const control of [this.check, this.go, this.input]) control.disabled = on;
    }

    /** After a reload: what was being sent from here, or judged. */
    async resume() {
        const {words, where} = this;
        if (tab.upload) return this.attach();
        const left = memory.get(memory.pending);
        if (!left || left.tabla !== where.tabla || left.region !== where.region || left.periodo !== where.periodo) return;
        const found = await ask(words, `/api/v1/cargas/${left.id}`).catch(() => null);
        if (!this.alive || tab.upload || this.file) return;
        if (!found) { memory.forget(memory.pending); return; }
        if (found.estado !== 'subiendo') { this.follow(left.id); return; }
        const share = Math.floor(100 * found.recibidos / found.bytes) + (words.english ? '%' : '\u00a0%');
        fill(this.status, h('div', {class: 'aviso aviso--info'}, h('p', {}, words.t('a_medias', {nombre: left.nombre, parte: share})),
            h('p', {}, h('button', {class: 'boton boton--chico', type: 'button', onclick: () => { memory.forget(memory.pending); fill(this.status); }}, words.t('descartar')))));
    }

    async send(trial) {
        const {words, where} = this;
        if (!this.file) {
            fill(this.status, h('p', {class: 'campo__error', role: 'alert'}, words.t('elija_archivo')));
            this.input.focus();
            return;
        }
        name.set(this.sender.value.trim());
        const asked = {tabla: where.tabla, region: where.region, periodo: where.periodo, motivo: this.reason.value.trim(), remitente: this.sender.value.trim(), solo_revisar: trial ? '1' : ''};
        fill(this.verdict);
        tab.place = where;
        tab.upload = new Upload(this.file, asked, told => { tab.told = told; if (tab.listen) tab.listen(told); });
        const mine = tab.upload;
        this.attach();
        try {
            const id = await mine.run();
            tab.upload = null;
            memory.set(memory.pending, {id, nombre: mine.file.name, ...asked});
            (tab.follow || (() => null))(id);
        } catch (error) {
            tab.upload = null;
            if (tab.fail) tab.fail(error);
        }
    }

    /** Show in this panel what the tab is sending; another panel may have begun it. */
    attach() {
        this.busy(true);
        tab.listen = told => this.alive && this.progress(told);
        tab.follow = id => this.alive && this.follow(id);
        tab.fail = error => this.alive && this.failed(error);
        if (tab.told) this.progress(tab.told);
    }

    failed(error) {
        this.busy(false);
        if (wasCancelled(error)) { fill(this.status); return; }
        const moved = error instanceof Refused && error.status === 0;
        if (moved) this.clear();
        fill(this.status, problem(this.words, moved ? new Error(this.words.t('cambio')) : error));
    }

    progress(told) {
        const {words} = this;
        if (told.kind === 'preparando') { fill(this.status, h('p', {}, words.t('preparando'))); return; }
        if (!this.bar || !this.status.contains(this.bar)) {
            this.bar = h('progress', {class: 'avance', max: '100', 'aria-label': words.t('paso_enviar')});
            this.line = h('p', {class: 'avance__texto'});
            this.again = h('button', {class: 'boton boton--chico', type: 'button', onclick: () => tab.upload && tab.upload.hurry()}, words.t('ahora'));
            const stop = h('button', {class: 'boton boton--chico', type: 'button', onclick: () => tab.upload && tab.upload.cancel()}, words.t('cancelar'));
            fill(this.status, this.line, this.bar, h('p', {class: 'fila'}, this.again, stop));
        }
        this.bar.value = 100 * told.sent / told.total;
        this.again.hidden = told.kind !== 'espera';
        // a reader that hears the page is not told every kilobyte
        const said = told.kind === 'espera' ? words.t('sin_linea', {n: told.wait}) : words.t('subiendo', {hecho: words.size(told.sent), total: words.size(told.total)});
        if (this.line.textContent !== said) this.line.textContent = said;
    }

    /** Ask until there is a verdict. */
    async follow(id) {
        const {words} = this;
        this.busy(true);
        const began = Date.now();
        for (;;) {
            let upload;
            try {
                upload = await ask(words, `/api/v1/cargas/${id}`);
            } catch (error) {
                if (error.status === 404 || error.status === 410) { this.failed(error); memory.forget(memory.pending); return; }
                fill(this.status, h('p', {}, words.t('sin_servidor')));
            }
            if (!this.alive) return;
            if (upload && (upload.estado === 'revisada' || upload.estado === 'no_recibida')) { this.show(upload); return; }
            if (upload) {
                const line = upload.estado === 'en_revision' ? words.t('en_revision') : upload.delante > 1 ? words.t('delante', {n: upload.delante}) : words.t('en_cola');
                if (this.status.textContent !== line) fill(this.status, h('p', {class: 'esperando'}, line));
            }
            await new Promise(resolve => setTimeout(resolve, Date.now() - began < 20000 ? 700 : 2500));
        }
    }

    show(upload) {
        this.busy(false);
        fill(this.status);
        fill(this.verdict, result(this.words, upload, {send: event => this.sendTrial(upload, event.target)}));
        const title = this.verdict.querySelector('.veredicto__titulo');
        if (title) title.focus();
        if (!upload.solo_revisar) {
            memory.forget(memory.pending);
            if (upload.estado === 'revisada') this.clear();
            this.done();
        }
    }

    /** What was tried is already on the server: it is sent without travelling again. */
    async sendTrial(upload, button) {
        const {words} = this;
        button.disabled = true;
        name.set(this.sender.value.trim());
        try {
            const made = await ask(words, `/api/v1/cargas/${upload.id}/enviar`, {body: {remitente: this.sender.value.trim(), motivo: this.reason.value.trim()}});
            memory.set(memory.pending, {...this.where, id: made.id, nombre: upload.nombre});
            fill(this.verdict);
            this.follow(made.id);
        } catch (error) {
            button.disabled = false;
            if (error.status === 410 && this.file) this.send(false);  // its bytes expired: they travel again
            else fill(this.status, problem(words, error));
        }
    }

    end() {
        this.alive = false;
    }
}

/** Where the tab is sending to, so that the page opens there. */
export const sendingTo = () => (tab.upload ? tab.place : memory.get(memory.pending));
