// Browser side of SIEGEM: figures, theme, images, fixed parts, the start of Dash. No dependency; names used by Dash callbacks are in Spanish.
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

    function asked(url) {
        return fetch(url, {credentials: 'same-origin', headers: {Accept: 'application/json'}}).then(answer => {
            if (!answer.ok) throw Object.assign(new Error(url), {status: answer.status});
            return answer.json();
        });
    }

    function keep(url, promise) {
        promise.catch(() => answers.delete(url));
        answers.set(url, promise);
        if (answers.size > 80) answers.delete(answers.keys().next().value);
    }

    function fetched(url) {
        if (!answers.has(url)) keep(url, asked(url));
        return answers.get(url);
    }

    // What a page needs of one publication comes in one answer; what has been asked before is not asked again.
    const base = '/api/v1/figuras/';
    function together(urls) {
        const groups = new Map();
        for (const url of new Set(urls)) {
            const {pathname, searchParams} = new URL(url, location.origin);
            if (answers.has(url) || !pathname.startsWith(base)) continue;
            const publication = searchParams.get('publicacion') || '';
            searchParams.delete('publicacion');
            if (!groups.has(publication)) groups.set(publication, []);
            groups.get(publication).push({url, of: pathname.slice(base.length) + '?' + searchParams});
        }
        for (const [publication, all] of groups) {
            for (let at = 0; at < all.length; at += 12) {
                const lot = all.slice(at, at + 12);
                if (lot.length < 2) continue;
                const query = new URLSearchParams(lot.map(one => ['de', one.of]));
                if (publication) query.set('publicacion', publication);
                const promise = asked(base.slice(0, -1) + '?' + query);
                lot.forEach((one, place) => keep(one.url, promise.then(found => {
                    const figure = found.figuras[place];
                    if (!figure.layout) throw Object.assign(new Error(one.url), {status: figure.estado});
                    return figure;
                })));
            }
        }
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

    // Charts are places with `data-figura`: plotly comes with the first one near the screen, each is drawn when it is near.
    const config = {locale: 'es', displayModeBar: false, responsive: false};
    const drawn = new Map();  // place -> address of what it shows
    let library = null;
    let begun = false;  // from then on the figures of a page are asked for together, those far down too

    function load(url) {
        return new Promise((done, fail) => {
            const script = Object.assign(document.createElement('script'), {src: url, onload: done, onerror: () => fail(new Error(url))});
            document.head.appendChild(script);
        });
    }

    function plotly() {
        if (!library) {
            const told = JSON.parse(document.getElementById('_dash-config').textContent);
            library = window.Plotly ? Promise.resolve() : load(told.plotlyjs_url);
            library.catch(() => { library = null; });
        }
        return library;
    }

    async function draw(place) {
        const url = place.dataset.figura;
        let figure;
        try {
            [figure] = await Promise.all([fetched(url), plotly()]);
        } catch (error) {
            figure = empty(reason(error));
            await plotly().catch(() => {});
        }
        if (!window.Plotly) throw new Error('plotly');
        if (!place.isConnected || place.dataset.figura !== url) return;
        const shown = resolver_tema(figure, url);
        await window.Plotly.react(place, shown.data, shown.layout, config);
        drawn.set(place, url);
        size.observe(place);
    }

    // Charts far down are drawn one by one when the browser has nothing else to do: paper and quick scrollers find them ready.
    const idle = window.requestIdleCallback ? then => window.requestIdleCallback(then, {timeout: 4000}) : then => setTimeout(then, 300);
    let resting = false;
    function rest() {
        if (!begun || resting) return;
        resting = true;
        idle(async () => {
            const place = [...document.querySelectorAll('[data-figura]')].find(one => one.offsetParent && drawn.get(one) !== one.dataset.figura);
            if (place) { near.unobserve(place); await draw(place).catch(() => drawn.set(place, place.dataset.figura)); }
            resting = false;
            if (place) rest();
        });
    }

    const near = new IntersectionObserver(entries => {
        for (const {target, isIntersecting} of entries) {
            if (!isIntersecting) continue;
            near.unobserve(target);
            draw(target).catch(() => {});
        }
    }, {rootMargin: '400px 0px'});

    const size = new ResizeObserver(entries => {
        for (const {target, contentRect} of entries) {
            const was = target._fullLayout;
            if (was && contentRect.width && Math.abs(was.width - contentRect.width) > 1) window.Plotly.Plots.resize(target);
        }
    });

    // Scripts of one page come with the first such page: `data-guion` is the name of one of `guiones/`.
    const scripts = new Map();
    const here = document.currentScript.src.replace(/siegem\.js.*$/, 'guiones/');
    function script(name) {
        if (!scripts.has(name)) scripts.set(name, load(here + name + '.js').catch(() => scripts.delete(name)));
    }

    function watch(root) {
        for (const {dataset} of root.querySelectorAll('[data-guion]')) script(dataset.guion);
        for (const frame of root.querySelectorAll('.tabla-marco:not([tabindex])')) frame.tabIndex = 0;  // what scrolls is reached by the keyboard
        const places = [...root.querySelectorAll('[data-figura]')];
        if (begun) together(places.filter(place => place.offsetParent).map(place => place.dataset.figura));
        for (const table of root.querySelectorAll('.matriz--cuadro')) if (!table.querySelector('td[tabindex]')) table.querySelector('td').tabIndex = 0;
        for (const place of places) if (drawn.get(place) !== place.dataset.figura) near.observe(place);
        rest();
        for (const place of drawn.keys()) {
            if (place.isConnected) continue;
            drawn.delete(place);
            size.unobserve(place);
            window.Plotly.purge(place);
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

    function repaint(width) {
        for (const plot of document.querySelectorAll('.js-plotly-plot')) {
            const mark = plot.layout && plot.layout.meta && plot.layout.meta.siegem;
            const figure = mark && originals.get(mark);
            if (!figure) continue;
            const fresh = resolver_tema(figure, mark), reduced = parseFloat(getComputedStyle(plot).getPropertyValue('--reduccion')) || 1;  // what its style sheet prints smaller
            window.Plotly.react(plot, fresh.data, width ? {...fresh.layout, width: width / reduced} : fresh.layout, config);
        }
    }

    let version = 0;
    window.addEventListener('siegem:tema', () => {
        repaint();
        version += 1;
        set_props('tema-version', {data: version});
    });

    // paper is white and narrow: charts are painted light, as wide as A4 within its margins, for the time of printing
    let onScreen = null;
    window.addEventListener('beforeprint', () => {
        onScreen = root.dataset.theme;
        root.dataset.theme = 'light';
        repaint(680);
    });
    window.addEventListener('afterprint', () => {
        if (onScreen) root.dataset.theme = onScreen;
        repaint();
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

    function image(frame) {
        const plot = frame.querySelector('.js-plotly-plot');
        if (!plot || !window.Plotly) return;
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
        window.Plotly.downloadImage({data: plot.data, layout}, {format: 'png', filename: 'siegem-' + name, width, height: layout.height, scale: 2});
    }

    document.addEventListener('click', event => {
        const button = event.target.closest && event.target.closest('.figura__acciones button');
        if (button && button.closest('.figura')) image(button.closest('.figura'));
    });

    // ---- fixed parts: their HTML is moved from the server's copy of the page, or put in from the answer ------------------
    const put = new WeakMap();  // element -> the nodes that are ours: React knows nothing of them

    function fill(element) {
        const key = element.dataset.fijo, html = element.dataset.html;
        for (const node of put.get(element) || []) node.remove();
        put.delete(element);
        if (!key) return;
        const copy = document.querySelector(`#previa [data-fijo="${key}"]`);
        const held = copy && copy.contains(document.activeElement) ? document.activeElement : null;
        const nodes = copy ? [...copy.childNodes] : html !== undefined ? parsed(html) : null;
        if (copy) copy.removeAttribute('data-fijo');  // a second part with the same text takes the next copy
        if (!nodes) { later(element, key); return; }
        element.removeAttribute('data-html');
        element.prepend(...nodes);
        put.set(element, nodes);
        if (held) held.focus({preventScroll: true});
    }

    function parsed(html) {
        const holder = document.createElement('template');
        holder.innerHTML = html;
        return [...holder.content.childNodes];
    }

    // The copy is of another moment than the answer (a page that the browser had kept): the page is asked for again.
    let again = null;
    function whole(wanted) {  // whether the next first answer is asked for with all it holds
        try {
            const was = sessionStorage.getItem('siegem-entera');
            if (wanted) sessionStorage.setItem('siegem-entera', '1'); else sessionStorage.removeItem('siegem-entera');
            return Boolean(was);
        } catch (blocked) { return true; }
    }

    async function later(element, key) {
        again = again || fetch(location.href, {cache: 'no-cache'}).then(answer => answer.text()).then(text => new DOMParser().parseFromString(text, 'text/html'));
        const copy = (await again).querySelector(`[data-fijo="${key}"]`);
        if (!copy) { whole(true); location.reload(); return; }
        if (!element.isConnected || element.dataset.fijo !== key) return;
        const nodes = [...document.importNode(copy, true).childNodes];
        element.prepend(...nodes);
        put.set(element, nodes);
        watch(element);
    }

    // The server's copy goes when React has drawn the same page.
    function llegada() {
        const copy = document.getElementById('previa');
        if (copy && document.querySelector('#_pages_content > *')) copy.remove();
        watch(document);
    }

    const place = document.getElementById('react-entry-point');
    new MutationObserver(changes => {
        const changed = new Set();
        for (const {type, target, addedNodes} of changes) {
            if (type === 'attributes') { changed.add(target); continue; }
            for (const node of addedNodes) {
                if (node.nodeType !== 1) continue;
                if (node.dataset.fijo) changed.add(node);
                for (const inner of node.querySelectorAll('[data-fijo]')) changed.add(inner);
            }
        }
        changed.forEach(element => { if (element.isConnected) fill(element); });
        if (changed.size) llegada();
    }).observe(place, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-fijo']});

    // ---- start: Dash comes after the page has been painted, plotly after Dash -----------------------------------------
    const born = location.pathname + location.search;

    async function start() {
        watch(document);
        const pieces = JSON.parse(document.getElementById('piezas').textContent);
        const loaded = new Promise((done, fail) => {
            pieces.forEach((url, at) => {
                const script = Object.assign(document.createElement('script'), {src: url, async: false});  // in their order
                if (at === pieces.length - 1) Object.assign(script, {onload: done, onerror: fail});
                document.head.appendChild(script);
            });
        });
        await loaded;
        // The first page's HTML is here already: asked as a call that nothing triggered, the server leaves out what stands in it.
        const all = whole(false);
        const request_pre = asked => {
            if (!all && document.getElementById('previa') && location.pathname + location.search === born) asked.changedPropIds = [];
        };
        window.renderer = new window.DashRenderer({request_pre});
        begun = true;
        watch(document);
    }
    const painted_once = () => requestAnimationFrame(() => setTimeout(() => {
        root.removeAttribute('data-naciente');
        start();
    }));
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', painted_once); else painted_once();

    window.dash_clientside = Object.assign({}, window.dash_clientside, {
        siegem: {resolver_tema, alternar_tema, proyector, llegada}
    });
})();
