// Browser side of SIEGEM: figures, theme, keyboard, navigation. No dependency; names used by Dash callbacks are in Spanish.
(function () {
    'use strict';
    const root = document.documentElement;
    const english = () => (root.lang || 'es').slice(0, 2) === 'en';
    const say = (es, en) => (english() ? en : es);
    const clear = 'rgba(0,0,0,0)';

    // ---- figures: colours by name -------------------------------------------------------------------------------
    const token = /var:([a-z][a-z0-9-]*)(?:\/([01]?\.?\d+))?/g;

    function colours() {
        const style = getComputedStyle(root);
        const known = new Map();
        return (whole, name, alpha) => {
            if (!known.has(name)) known.set(name, style.getPropertyValue('--' + name).trim());
            const value = known.get(name);
            if (!value) console.warn('siegem: no colour named', name);
            if (!alpha || !/^#[0-9a-f]{6}$/i.test(value)) return value || '#888888';
            const n = parseInt(value.slice(1), 16);
            return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${alpha})`;
        };
    }

    function painted(value, colour) {
        if (typeof value === 'string') return value.includes('var:') ? value.replace(token, colour) : value;
        if (Array.isArray(value)) return value.map(item => painted(item, colour));
        if (value && typeof value === 'object') {
            const copy = {};
            for (const key of Object.keys(value)) copy[key] = painted(value[key], colour);
            return copy;
        }
        return value;
    }

    function template() {
        const size = parseFloat(getComputedStyle(root).fontSize) || 16;
        const axis = {
            gridcolor: 'var:rejilla', linecolor: 'var:linea', zerolinecolor: 'var:linea', tickcolor: 'var:linea', zeroline: false,
            automargin: true, tickfont: {size: size * 0.8125, color: 'var:tinta-2'}, title: {font: {size: size * 0.8125}, standoff: 8}
        };
        return {layout: {
            paper_bgcolor: clear, plot_bgcolor: clear, colorway: ['var:contexto-0', 'var:cobre', 'var:contexto-1'],
            font: {family: 'var:letra', size: size * 0.875, color: 'var:tinta-2'}, margin: {l: 8, r: 32, t: 8, b: 8, pad: 4},
            hoverlabel: {bgcolor: 'var:superficie', bordercolor: 'var:tinta-3', font: {family: 'var:letra', size: size * 0.875, color: 'var:tinta'}, align: 'left'},
            annotationdefaults: {showarrow: false, font: {color: 'var:tinta-2'}}, shapedefaults: {line: {color: 'var:tinta-2'}},
            legend: {bgcolor: clear}, showlegend: false, xaxis: axis, yaxis: axis, dragmode: false, hovermode: 'closest'
        }};
    }

    const originals = new Map();  // key -> figure as it came, so that a change of theme can paint it again
    let counter = 0;

    function resolver_tema(figure, key) {
        if (!figure || !figure.layout) return figure;
        const mark = key || 'f' + (++counter);
        originals.delete(mark);
        originals.set(mark, figure);
        if (originals.size > 200) originals.delete(originals.keys().next().value);
        const meta = Object.assign({}, figure.layout.meta, {siegem: mark});
        return painted({...figure, layout: {...figure.layout, template: template(), meta}}, colours());
    }

    // ---- figures: bytes from the API ----------------------------------------------------------------------------
    const answers = new Map();  // url -> promise of the figure

    function fetched(url) {
        if (!answers.has(url)) {
            const promise = fetch(url, {credentials: 'same-origin', headers: {Accept: 'application/json'}}).then(answer => {
                if (!answer.ok) throw Object.assign(new Error(url), {status: answer.status});
                return answer.json();
            });
            promise.catch(() => answers.delete(url));
            answers.set(url, promise);
            if (answers.size > 80) answers.delete(answers.keys().next().value);
        }
        return answers.get(url);
    }

    function reason(error) {
        const status = error && error.status;
        if (status === 401) return say('Su sesión terminó.<br>Vuelva a ingresar para ver esta figura.', 'Your session ended.<br>Sign in again to see this figure.');
        if (status === 403) return say('Su cuenta no tiene acceso a esta figura.', 'Your account has no access to this figure.');
        if (status === 404) return say('Esta figura no existe en la publicación elegida.', 'This figure does not exist in the chosen publication.');
        if (status) return say(`El servidor no pudo entregar esta figura (error ${status}).<br>El resto de la página sigue en pie. Vuelva a intentarlo en un momento.`,
            `The server could not deliver this figure (error ${status}).<br>The rest of the page stands. Try again in a moment.`);
        if (error instanceof SyntaxError) return say('La figura llegó incompleta.<br>Recargue la página.', 'The figure arrived incomplete.<br>Reload the page.');
        return say('Sin conexión con el servidor.<br>Revise la red y vuelva a intentarlo.', 'No connection to the server.<br>Check the network and try again.');
    }

    function empty(text) {
        const hidden = {visible: false, fixedrange: true};
        return {data: [], layout: {xaxis: hidden, yaxis: hidden, annotations: [
            {text, x: 0.5, y: 0.5, xref: 'paper', yref: 'paper', font: {color: 'var:tinta-2'}}]}};
    }

    async function figura(url) {
        if (!url) return window.dash_clientside.no_update;
        try {
            return resolver_tema(await fetched(url), url);
        } catch (error) {
            return resolver_tema(empty(reason(error)));
        }
    }

    // ---- theme --------------------------------------------------------------------------------------------------
    function set_props(id, props) {
        try {
            window.dash_clientside.set_props(id, props);
        } catch (absent) { /* the page has no such component */ }
    }

    function alternar_tema(clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        const next = window.siegemTema.effective() === 'dark' ? 'light' : 'dark';
        window.siegemTema.choose(next);
        return next;
    }

    function repaint(directly) {
        for (const plot of document.querySelectorAll('.js-plotly-plot')) {
            const mark = plot.layout && plot.layout.meta && plot.layout.meta.siegem;
            const figure = mark && originals.get(mark);
            if (!figure) continue;
            const fresh = resolver_tema(figure, mark);
            const graph = plot.closest('.dash-graph');
            if (!directly && graph && graph.id) set_props(graph.id[0] === '{' ? JSON.parse(graph.id) : graph.id, {figure: fresh});
            else if (window.Plotly) window.Plotly.react(plot, fresh.data, fresh.layout);
        }
    }

    let version = 0;
    window.addEventListener('siegem:tema', () => {
        repaint();
        version += 1;
        set_props('tema-version', {data: version});
    });

    // paper is white: charts are painted light for the time of printing
    let onScreen = null;
    window.addEventListener('beforeprint', () => {
        onScreen = root.dataset.theme;
        root.dataset.theme = 'light';
        repaint(true);
    });
    window.addEventListener('afterprint', () => {
        if (onScreen) root.dataset.theme = onScreen;
        repaint(true);
    });

    function proyector(on) {
        root.toggleAttribute('data-projector', Boolean(on));
        repaint();
        return window.dash_clientside.no_update;
    }

    // ---- image of a figure, with its title and source -----------------------------------------------------------
    const wrapped = (text, width) => {
        const lines = [''];
        for (const word of text.split(/\s+/)) {
            if ((lines[lines.length - 1] + ' ' + word).length > width) lines.push('');
            lines[lines.length - 1] = (lines[lines.length - 1] + ' ' + word).trim();
        }
        return lines;
    };

    function descargar_imagen(clicks, id, format) {
        const holder = clicks && document.getElementById(typeof id === 'string' ? id : JSON.stringify(id, Object.keys(id).sort()));
        const plot = holder && (holder.matches('.js-plotly-plot') ? holder : holder.querySelector('.js-plotly-plot'));
        if (!plot || !window.Plotly) return window.dash_clientside.no_update;
        const frame = plot.closest('.figura') || document.createElement('div');
        const words = name => ((frame.querySelector(name) || {}).textContent || '').trim();
        const {width, height, _size: size} = plot._fullLayout;
        const paint = colours();
        const line = (text, y, px, weight, name) => ({
            text: weight ? `<b>${text}</b>` : text, x: 0, xref: 'paper', xanchor: 'left', xshift: 16 - size.l, y, yref: 'paper', yanchor: 'top',
            showarrow: false, align: 'left', font: {size: px, color: paint('', name)}});
        const title = wrapped(words('.figura__titulo'), width / 10.5);
        const synthetic = words('.chip-sintetico');
        const sub = wrapped([words('.figura__subtitulo'), synthetic && `[${synthetic}]`].filter(Boolean).join(' '), width / 7);
        const source = wrapped(words('.figura__fuente'), width / 6.5);
        const top = 24 + title.length * 27 + sub.length * 20, bottom = 24 + source.length * 18;
        const inner = height - size.t - size.b;
        const above = px => 1 + (size.t + top - px) / inner;
        const layout = {...plot.layout, autosize: false, width, height: height + top + bottom, paper_bgcolor: paint('', 'papel'),
            margin: {l: size.l, r: size.r, t: size.t + top, b: size.b + bottom, autoexpand: false},
            annotations: [...(plot.layout.annotations || []),
                line(title.join('<br>'), above(12), 20, true, 'tinta'),
                line(sub.join('<br>'), above(16 + title.length * 27), 14, false, 'tinta-2'),
                line(source.join('<br>'), -(size.b + 8) / inner, 13, false, 'tinta-2')]};
        const name = (words('.figura__titulo') || 'figura').normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/\W+/g, '-').replace(/^-|-$/g, '').toLowerCase().slice(0, 60);
        window.Plotly.downloadImage({data: plot.data, layout}, {format: format === 'svg' ? 'svg' : 'png', filename: 'siegem-' + name, width, height: layout.height, scale: 2});
        return window.dash_clientside.no_update;
    }

    // ---- keyboard, matrix, navigation ---------------------------------------------------------------------------
    const typing = target => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

    function search() {
        const box = document.getElementById('buscador');
        return box && (box.matches('input') ? box : box.querySelector('input'));
    }

    function neighbour(cell, key, far) {
        const table = cell.closest('.matriz');
        const rows = [...table.querySelectorAll('tr')].map(row => [...row.querySelectorAll('[tabindex]')]).filter(row => row.length);
        const at = rows.findIndex(row => row.includes(cell)), row = rows[at];
        const middle = item => { const box = item.getBoundingClientRect(); return box.left + box.width / 2; };
        const nearest = items => items && items.reduce((best, item) => Math.abs(middle(item) - middle(cell)) < Math.abs(middle(best) - middle(cell)) ? item : best);
        switch (key) {
        case 'ArrowRight': return row[row.indexOf(cell) + 1];
        case 'ArrowLeft': return row[row.indexOf(cell) - 1];
        case 'ArrowDown': return nearest(rows[at + 1]);
        case 'ArrowUp': return nearest(rows[at - 1]);
        case 'Home': return far ? rows[0][0] : row[0];
        case 'End': return far ? rows[rows.length - 1].slice(-1)[0] : row[row.length - 1];
        }
        return null;
    }

    document.addEventListener('keydown', event => {
        if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
            const box = search();
            if (box) { event.preventDefault(); box.focus(); box.select(); }
            return;
        }
        const cell = event.target.closest && event.target.closest('.matriz [tabindex]');
        if (!cell || event.altKey || event.metaKey) return;
        const next = neighbour(cell, event.key, event.ctrlKey);
        if (!next) return;
        event.preventDefault();
        cell.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        next.scrollIntoView({block: 'nearest', inline: 'nearest'});
    });

    function speak(event) {
        const cell = event.target.closest && event.target.closest('.matriz [data-frase]');
        const line = cell && document.getElementById('frase-celda');
        if (!line || line.dataset.dicha === cell.dataset.frase) return;
        line.dataset.dicha = cell.dataset.frase;
        const label = cell.dataset.rotulo ? Object.assign(document.createElement('b'), {textContent: cell.dataset.rotulo + '. '}) : '';
        line.replaceChildren(label, cell.dataset.frase);
    }
    document.addEventListener('mouseover', speak);
    document.addEventListener('focusin', speak);

    const inside = 'a[data-navegar], .siegem-app .matriz a[href], .siegem-app a.tarjeta[href], .siegem-app .lista-movil a[href]';
    document.addEventListener('click', event => {
        const link = event.target.closest && event.target.closest(inside);
        if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        const href = link.href && link.href.baseVal !== undefined ? new URL(link.href.baseVal, location.href).href : link.href;
        if (!href || link.target || link.hasAttribute('download') || new URL(href).origin !== location.origin) return;
        event.preventDefault();
        history.pushState({}, '', href);
        window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));  // what dcc.Link sends to dcc.Location
        window.scrollTo(0, 0);
    });

    window.dash_clientside = Object.assign({}, window.dash_clientside, {
        siegem: {figura, resolver_tema, alternar_tema, descargar_imagen, proyector}
    });
})();
