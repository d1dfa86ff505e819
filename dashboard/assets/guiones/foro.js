// The forum: slides, keys, notes, agreements. Also goes inside the frozen file: no dependency, no request.
(function () {
    'use strict';
    const root = document.documentElement;
    const frozen = root.hasAttribute('data-congelado');
    const all = selector => [...document.querySelectorAll(selector)];
    const slides = () => all('.foro-laminas > .foro');
    const presenting = () => root.hasAttribute('data-foro');
    const current = () => slides().findIndex(slide => slide.classList.contains('foro--actual'));
    const hashed = () => { const found = /^#lamina-(\d+)$/.exec(location.hash); return found ? Number(found[1]) - 1 : -1; };

    // ---- one slide at a time -------------------------------------------------------------------------------------
    function mark(at) {
        slides().forEach((slide, i) => slide.classList.toggle('foro--actual', i === at));
    }

    function show(at) {
        const found = slides();
        if (!found.length) return;
        const to = Math.max(0, Math.min(found.length - 1, at));
        if (!presenting()) root.dataset.antes = root.hasAttribute('data-projector') ? 'si' : '';
        root.setAttribute('data-foro', '');
        root.setAttribute('data-projector', '');
        mark(to);
        found[to].scrollTop = 0;
        found[to].tabIndex = -1;
        found[to].focus({preventScroll: true});  // keys come here, and readers say the slide's name
        if (hashed() !== to) history.replaceState(history.state, '', `#lamina-${to + 1}`);
        addresses();
    }

    function leave(kept) {
        const at = current();
        if (!presenting()) return;
        root.removeAttribute('data-foro');
        root.removeAttribute('data-notas');
        if (root.dataset.antes !== 'si') root.removeAttribute('data-projector');
        mark(-1);
        if (document.fullscreenElement) document.exitFullscreen();
        if (kept !== 'address') history.replaceState(history.state, '', location.pathname + location.search);
        if (slides()[at]) slides()[at].scrollIntoView({block: 'center'});
    }

    function full() {
        if (document.fullscreenElement) document.exitFullscreen();
        else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
    }

    function sync() {
        const at = hashed();
        if (!slides().length) { if (presenting()) leave('address'); return; }
        if (at >= 0 && at !== current()) show(at); else if (at < 0 && presenting()) leave();
    }

    const acts = {
        presentar: () => show(0), adelante: () => show(current() + 1), atras: () => show(current() - 1), salir: () => leave(), pantalla: full,
        notas: () => root.toggleAttribute('data-notas'), anotar: () => open(), cerrar: () => dialog().close(), guardar: save, csv: download, borrar: clear,
        imprimir: () => print('acuerdos'), 'imprimir-todo': () => print('')
    };
    const keys = {
        ArrowRight: 'adelante', ArrowDown: 'adelante', PageDown: 'adelante', ' ': 'adelante', Enter: 'adelante',
        ArrowLeft: 'atras', ArrowUp: 'atras', PageUp: 'atras', Backspace: 'atras', p: 'notas', f: 'pantalla', a: 'anotar', o: 'salir', Escape: 'salir'
    };

    document.addEventListener('keydown', event => {
        if (!presenting() || event.ctrlKey || event.metaKey || event.altKey || (dialog() && dialog().open)) return;
        const on = event.target.closest && event.target.closest('button, a, input, textarea, select');
        if (on && (/^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName) || event.key === 'Enter' || event.key === ' ')) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (key === 'Home') show(0); else if (key === 'End') show(slides().length - 1); else if (keys[key]) acts[keys[key]](); else return;
        event.preventDefault();
        event.stopPropagation();
    }, true);

    document.addEventListener('click', event => {
        const target = event.target.closest ? event.target : null;
        const pressed = target && target.closest('[data-foro]:not(html)');
        if (pressed && (presenting() || !pressed.closest('.foro-laminas'))) {
            event.preventDefault();
            acts[pressed.dataset.foro]();
            if (pressed.closest('.foro-mando')) pressed.blur();
            return;
        }
        const slide = target && target.closest('.foro-laminas > .foro');
        if (!slide || event.button || String(window.getSelection())) return;
        if (!presenting()) { if (matchMedia('(min-width: 900px)').matches) { event.preventDefault(); show(slides().indexOf(slide)); } return; }
        if (!target.closest('a, button, input, textarea, label, table, .foro__notas')) acts.adelante();
    });

    let from = null;
    document.addEventListener('touchstart', event => { from = event.touches.length === 1 ? event.touches[0] : null; }, {passive: true});
    document.addEventListener('touchend', event => {
        const to = event.changedTouches[0];
        if (!from || !presenting() || (dialog() && dialog().open)) return;
        const dx = to.clientX - from.clientX, dy = to.clientY - from.clientY;
        if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy)) acts[dx < 0 ? 'adelante' : 'atras']();
        from = null;
    }, {passive: true});

    let quiet = 0;
    document.addEventListener('pointermove', () => {  // the controls show while the pointer moves
        if (!presenting()) return;
        root.setAttribute('data-mando', '');
        clearTimeout(quiet);
        quiet = setTimeout(() => root.removeAttribute('data-mando'), 2500);
    });

    function addresses() {
        const holder = document.querySelector('[data-sitio]');
        const site = holder ? holder.dataset.sitio : location.origin;
        for (const place of all('[data-direccion]')) place.textContent = site + place.dataset.direccion;
    }

    // ---- the choice of indicators: a link that carries the boxes marked ----------------------------------------------
    document.addEventListener('change', event => {
        if (!event.target.closest || !event.target.closest('.foro-cajas')) return;
        const link = document.querySelector('[data-elegidos]');
        const on = new Set(all('.foro-cajas input:checked').map(box => box.value));
        const kept = link.dataset.elegidos.split(',').filter(item => on.has(item.replace('~serie', '')));
        const known = new Set(kept.map(item => item.replace('~serie', '')));
        const items = [...kept, ...[...on].filter(id => !known.has(id))];
        link.dataset.elegidos = items.join(',');
        const url = new URL(link.dataset.base, location.href);
        if (items.length) url.searchParams.set('indicadores', items.join(','));
        link.href = url.pathname + url.search.replace(/%2C/g, ',').replace(/%7E/g, '~');
    });

    // ---- agreements: kept in this browser, printed, or taken away as a file -------------------------------------------
    // a frozen file keeps its own: files opened from a disk share one storage
    const own = frozen ? ` ${location.pathname}` : '';
    const place = `siegem-acuerdos${own}`, fields = ['acuerdo', 'responsable', 'fecha', 'evidencia'];
    const dialog = () => document.getElementById('foro-dialogo');
    const words = () => { const sheet = document.querySelector('[data-textos].foro-hoja'); return sheet ? JSON.parse(sheet.dataset.textos) : {}; };
    let held = null;  // where storage is forbidden they last as long as the page

    function brought(what, none) {  // what the file was made with
        const holder = document.querySelector('[data-propio]');
        return holder ? JSON.parse(holder.dataset.propio)[what] || none : none;
    }

    function stored(name, what, none) {
        try {
            const found = window.localStorage.getItem(name);
            return found === null ? brought(what, none) : JSON.parse(found);
        } catch (blocked) {
            return brought(what, none);
        }
    }

    const agreements = () => held || stored(place, 'acuerdos', []);

    function keep(list) {
        try {
            window.localStorage.setItem(place, JSON.stringify(list));
        } catch (blocked) {
            held = list;
            window.alert(words().lleno);
        }
        list_all();
    }

    function open() {
        const form = dialog(), at = current();
        form.dataset.lamina = at >= 0 ? slides()[at].querySelector('.oracion').textContent : '';
        form.showModal();
        form.querySelector('[name="acuerdo"]').focus();
    }

    function save() {
        const form = dialog(), one = {lamina: form.dataset.lamina || ''};
        for (const key of fields) one[key] = form.querySelector(`[name="${key}"]`).value.trim();
        if (!one.acuerdo) { form.querySelector('[name="acuerdo"]').focus(); return; }
        keep([...agreements(), one]);
        for (const key of fields) form.querySelector(`[name="${key}"]`).value = '';
        form.close();
    }

    const cell = (tag, text, name) => Object.assign(document.createElement(tag), {textContent: text, className: name || ''});
    const day = text => { const parts = text.split('-'); return parts.length === 3 ? parts.reverse().join('-') : text; };

    function list_all() {
        for (const body of all('[data-acuerdos]')) {
            const told = words(), found = agreements();
            const rows = found.map((one, i) => {
                const row = document.createElement('tr');
                row.append(cell('th', String(i + 1)), ...fields.map(key => cell('td', key === 'fecha' ? day(one[key]) : one[key])));
                const remove = cell('button', told.quitar, 'enlace');
                remove.type = 'button';
                remove.setAttribute('aria-label', `${told.quitar} ${i + 1}`);
                remove.addEventListener('click', () => keep(agreements().filter((_, at) => at !== i)));
                const last = cell('td', '', 'foro-hoja__quitar');
                last.append(remove);
                row.append(last);
                return row;
            });
            if (!rows.length) {
                const row = document.createElement('tr'), none = cell('td', told.ninguno, 'tenue');
                none.colSpan = fields.length + 2;
                row.append(none);
                rows.push(row);
            }
            body.replaceChildren(...rows);
            body.dataset.puestos = String(found.length);
        }
    }

    function download() {
        const told = words();
        const safe = text => `"${(/^[=+\-@\t\r]/.test(text) ? "'" : '') + String(text).replace(/"/g, '""')}"`;
        const lines = [['N.º', ...fields.map(key => told[key]), told.lamina], ...agreements().map((one, i) => [String(i + 1), ...fields.map(key => one[key]), one.lamina])];
        const text = '\ufeff' + lines.map(line => line.map(safe).join(',')).join('\r\n') + '\r\n';
        give(new Blob([text], {type: 'text/csv;charset=utf-8'}), `${told.archivo}.csv`);
    }

    let sure = 0;
    function clear() {
        const button = document.querySelector('[data-foro="borrar"]');
        if (!button.dataset.antes) {
            button.dataset.antes = button.textContent;
            button.textContent = words().seguro;
            sure = setTimeout(() => { button.textContent = button.dataset.antes; delete button.dataset.antes; }, 4000);
            return;
        }
        clearTimeout(sure);
        button.textContent = button.dataset.antes;
        delete button.dataset.antes;
        keep([]);
    }

    function print(what) {
        if (what) root.dataset.imprime = what;
        window.print();
        delete root.dataset.imprime;
    }

    // ---- own notes: kept in this browser by slide -----------------------------------------------------------------------
    const noted = `siegem-notas${own}`;
    let heldNotes = null;
    const notes = () => heldNotes || stored(noted, 'notas', {});

    document.addEventListener('input', event => {
        const key = event.target.dataset && event.target.dataset.nota;
        if (key === undefined) return;
        const all_ = {...notes(), [key]: event.target.value};
        if (!event.target.value.trim()) delete all_[key];
        try {
            window.localStorage.setItem(noted, JSON.stringify(all_));
        } catch (blocked) {
            heldNotes = all_;
        }
    });

    function write_notes() {
        const found = notes();
        for (const area of all('[data-nota]')) { area.value = found[area.dataset.nota] || ''; area.dataset.puesta = ''; }
    }

    // ---- files take notes and agreements with them: sent to make the file, kept by nobody -----------------------------------
    document.addEventListener('click', event => {
        const link = event.target.closest && event.target.closest('[data-llevar]');
        if (!link) return;
        const here = new Set(all('[data-nota]').map(area => area.dataset.nota));
        const taken = Object.fromEntries(Object.entries(notes()).filter(([key]) => here.has(key)));
        if (!Object.keys(taken).length && !agreements().length) return;
        event.preventDefault();
        take(link, JSON.stringify({notas: taken, acuerdos: agreements()}));
    });

    async function take(link, body) {
        link.setAttribute('aria-busy', 'true');
        try {
            const answer = await fetch(link.href, {method: 'POST', headers: {'content-type': 'application/json'}, body});
            if (!answer.ok) throw new Error(String(answer.status));
            const named = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') || '');
            give(await answer.blob(), named ? named[1] : 'siegem-foro');
        } catch (failed) {
            location.href = link.href;  // the file as published is better than none
        }
        link.removeAttribute('aria-busy');
    }

    function give(blob, name) {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(blob);
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }

    // ---- start: here, or when Dash has drawn the page ------------------------------------------------------------------
    function arrived() {
        const form = dialog();
        if (form && form.open && !form.matches(':modal')) { form.close(); form.showModal(); }  // opened before Dash moved it into place: it fell behind
        if (!document.querySelector('[data-acuerdos]')) { if (presenting()) leave('address'); return; }
        if (all('[data-acuerdos]').some(body => !body.hasAttribute('data-puestos'))) { list_all(); addresses(); }
        if (all('[data-nota]').some(area => !area.hasAttribute('data-puesta'))) write_notes();
        if (hashed() >= 0 && (current() !== hashed() || !presenting())) show(hashed());
    }
    window.addEventListener('hashchange', sync);
    window.addEventListener('popstate', () => setTimeout(sync));
    function start() {
        arrived();
        if (frozen) { if (hashed() < 0) show(0); return; }
        const app = document.getElementById('react-entry-point');
        let asked = 0;
        if (app) new MutationObserver(() => { cancelAnimationFrame(asked); asked = requestAnimationFrame(arrived); }).observe(app, {childList: true, subtree: true});
    }
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
})();
