// Walking a page without Dash: tables that sort, the matrix by keyboard and pointer, links that change page without a reload.
(function () {
    'use strict';
    const root = document.documentElement;

    // ---- tables: a header sorts, numbers as numbers, texts by the language's order, missing last whatever the direction --------
    document.addEventListener('click', event => {
        const button = event.target.closest && event.target.closest('.tabla__orden');
        const table = button && button.closest('table');
        if (!table) return;
        const head = button.closest('th'), column = head.cellIndex, down = head.getAttribute('aria-sort') === 'ascending';
        const rows = [...table.tBodies[0].rows];
        const key = row => row.cells[column].dataset.orden || '';
        const numeric = rows.every(row => key(row) === '' || !isNaN(Number(key(row))));
        const order = new Intl.Collator(root.lang || 'es', {sensitivity: 'base'});
        rows.sort((a, b) => {
            const x = key(a), y = key(b);
            if (x === '' || y === '') return (x === '') - (y === '');
            return (numeric ? Number(x) - Number(y) : order.compare(x, y)) * (down ? -1 : 1);
        });
        for (const other of table.tHead.querySelectorAll('[aria-sort]')) other.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        table.tBodies[0].append(...rows);
    });

    // ---- keyboard, matrix, navigation ---------------------------------------------------------------------------
    const typing = target => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

    function search() {
        const box = document.getElementById('buscador');
        return box && (box.matches('input') ? box : box.querySelector('input'));
    }

    // Cells that arrows walk: links of the desk's matrix, the table cells themselves of the scorecard.
    const cells = row => [...row.querySelectorAll(row.closest('.matriz--cuadro') ? 'tbody td' : '[tabindex]')];
    const middle = item => { const box = item.getBoundingClientRect(); return box.left + box.width / 2; };

    function neighbour(cell, key, far) {
        const rows = [...cell.closest('.matriz').querySelectorAll('tr')].map(cells).filter(row => row.length);
        const at = rows.findIndex(row => row.includes(cell)), row = rows[at];
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

    const cellOf = target => target.closest && target.closest('.matriz--cuadro tbody td, .matriz [tabindex]');

    // Where a cell of the scorecard leads: its row's indicator, with its column's region.
    function leads(cell) {
        const row = cell.parentElement.querySelector('th a');
        if (!row) return null;
        const column = cell.colSpan > 1 ? null : cell.closest('table').tHead.rows[0].cells[cell.cellIndex].querySelector('a');
        const url = new URL(row.href);
        if (column) url.searchParams.set('region', new URL(column.href).pathname.split('/').pop());
        return url.href;
    }

    document.addEventListener('keydown', event => {
        if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
            const box = search();
            if (box) { event.preventDefault(); box.focus(); box.select(); }
            return;
        }
        const cell = cellOf(event.target);
        if (!cell || event.altKey || event.metaKey) return;
        if (event.key === 'Enter' && event.target === cell && cell.matches('td')) { follow(leads(cell), event.ctrlKey); return; }
        const next = neighbour(cell, event.key, event.ctrlKey);
        if (!next) return;
        event.preventDefault();
        cell.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        next.scrollIntoView({block: 'nearest', inline: 'nearest'});
    });

    // What a cell says: beside it in the desk's matrix; of the scorecard, the sentences of all cells are asked for once.
    const said = new Map();  // address -> promise of {indicator: sentences}

    function sentences(table) {
        const url = table.dataset.frases;
        if (!said.has(url)) {
            const promise = fetch(url, {credentials: 'same-origin'}).then(answer => answer.ok ? answer.json() : Promise.reject(answer.status)).then(found => found.frases);
            promise.catch(() => said.delete(url));
            said.set(url, promise);
        }
        return said.get(url);
    }

    let spoken = null;
    async function speak(event) {
        const cell = cellOf(event.target);
        const line = cell && document.getElementById('frase-celda');
        if (!line || cell === spoken) return;
        spoken = cell;
        let text = cell.dataset.frase;
        if (cell.matches('td')) {
            const indicator = new URL(cell.parentElement.querySelector('th a').href).pathname.split('/').pop();
            const row = (await sentences(cell.closest('table')).catch(() => ({})))[indicator];
            text = cell.colSpan > 1 || !row ? cell.innerText : row[cell.cellIndex - 1];
        }
        if (spoken !== cell || !text) return;
        const label = cell.dataset.rotulo ? Object.assign(document.createElement('b'), {textContent: cell.dataset.rotulo + '. '}) : '';
        line.replaceChildren(label, text);
    }
    document.addEventListener('mouseover', speak);
    document.addEventListener('focusin', speak);
    document.addEventListener('pointerover', event => {
        const table = event.target.closest && event.target.closest('[data-frases]');
        if (table) sentences(table).catch(() => {});
    });

    function follow(href, apart) {
        if (!href) return;
        if (apart) { window.open(href); return; }
        history.pushState({}, '', href);
        window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));  // what dcc.Link sends to dcc.Location
        window.scrollTo(0, 0);
    }

    for (const kind of ['click', 'auxclick']) {
        document.addEventListener(kind, event => {
            const cell = event.target.closest && event.target.closest('.matriz--cuadro tbody td');
            if (!cell || cell.colSpan > 1 || event.target.closest('a') || event.button > 1 || String(getSelection())) return;
            follow(leads(cell), event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey);
        });
    }

    // «Más» makes the rail taller than a low screen: the page one is on stays in its sight.
    function in_sight() {
        const rail = document.querySelector('.riel'), link = rail && rail.querySelector('[aria-current]');
        if (!link || !link.offsetParent) return;
        const box = link.getBoundingClientRect(), frame = rail.getBoundingClientRect();
        if (box.bottom > frame.bottom) rail.scrollTop += box.bottom - frame.bottom + 8;
        else if (box.top < frame.top) rail.scrollTop -= frame.top - box.top + 8;
    }
    function begin() {
        const rail = document.querySelector('.riel');
        if (rail) new MutationObserver(in_sight).observe(rail, {subtree: true, attributes: true, attributeFilter: ['aria-current', 'open']});
        in_sight();
    }
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin); else begin();

    const inside = 'a[data-navegar], .siegem-app .matriz a[href], .siegem-app a.tarjeta[href], .siegem-app .lista-movil a[href]';
    document.addEventListener('click', event => {
        const link = event.target.closest && event.target.closest(inside);
        if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        const href = link.href && link.href.baseVal !== undefined ? new URL(link.href.baseVal, location.href).href : link.href;
        if (!href || link.target || link.hasAttribute('download') || new URL(href).origin !== location.origin) return;
        const to = new URL(href);
        if (to.hash && to.pathname === location.pathname && to.search === location.search) return;  // a place on this page: the browser goes there
        event.preventDefault();
        follow(href);
    });
})();
