"""What happens in the browser through Dash: clientside callbacks, none on the server. Figures, tables and the matrix are `assets/siegem.js`."""

from __future__ import annotations

from dash import ALL, Dash, Input, Output, State

#: filters write the URL: `clave` as a query key, or the page's path where `ruta` is given; nothing happens where nothing changed
_FILTER = """
function (values, ids, pathname, search) {
    const none = window.dash_clientside.no_update;
    const fired = window.dash_clientside.callback_context.triggered;
    if (!fired || !fired.length) return [none, none];
    const query = new URLSearchParams(search || '');
    let path = pathname;
    const dependent = {indicador: ['tipo', 'periodo', 'categoria'], tipo: ['periodo']};
    const changed = new Set(fired.map(item => item.prop_id.slice(0, item.prop_id.lastIndexOf('.'))));
    ids.forEach((id, place) => {
        const value = values[place];
        const name = JSON.stringify(id, Object.keys(id).sort());
        // A page's new filters fire when they appear: only a value other than the one written with the page is a choice.
        if (!changed.has(name) || (value || '') === id.puesto) return;
        (dependent[id.clave] || []).forEach(key => query.delete(key));
        if (id.ruta) { if (value) path = id.ruta + encodeURIComponent(value); }
        else if (value) query.set(id.clave, value); else query.delete(id.clave);
    });
    const text = query.toString();
    const wanted = text ? '?' + text : '';
    if (path === pathname && wanted === (search || '')) return [none, none];
    return [path === pathname ? none : path, wanted === (search || '') ? none : wanted];
}
"""

#: the page is drawn: the server's copy goes, the navigation marks where we are, the language keeps the address
_ARRIVED = """
function (shown) {
    if (shown) {
        window.dash_clientside.siegem.llegada();
        window.siegemCasco.llegada(window.location.pathname, window.location.search);
    }
    return window.dash_clientside.no_update;
}
"""

_PUBLICATION = """
function (number) {
    const seal = document.querySelector('[data-publicacion]');
    if (number && seal && Number(seal.dataset.publicacion) !== number) window.location.reload();
    return window.dash_clientside.no_update;
}
"""

#: header without React: search, theme, current section, language. Defined once, used by `_ARRIVED`.
SHELL_SCRIPT = r"""
window.siegemCasco = (function () {
    const kept = 'siegem-region';
    function remember(value) {
        try {
            if (value) window.localStorage.setItem(kept, value);
            return window.localStorage.getItem(kept);
        } catch (blocked) { return value; }
    }
    function go(href) {
        const link = Object.assign(document.createElement('a'), {href: href});
        link.setAttribute('data-navegar', '');
        document.querySelector('.siegem-app').appendChild(link);
        link.click();
        link.remove();
    }
    function llegada(pathname, search) {
        const root = '/' + (pathname || '/').split('/')[1];
        const region = remember(root === '/region' ? pathname.split('/')[2] : null);
        document.querySelectorAll('.barra-inferior__mas').forEach(list => { list.open = false; });
        document.querySelectorAll('[data-seccion]').forEach(link => {
            const own = link.dataset.seccion === root || (link.dataset.tambien || '').split(' ').includes(root);
            if (own) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
            if (link.dataset.seccion === '/region' && region) link.href = '/region/' + encodeURIComponent(region) + new URL(link.href).search;
        });
        document.querySelectorAll('[data-idioma]').forEach(link => {
            const query = new URLSearchParams(search || '');
            if (link.dataset.idioma === 'es') query.delete('lang'); else query.set('lang', link.dataset.idioma);
            link.href = pathname + (query.toString() ? '?' + query : '');
        });
        const mark = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
        if (mark) mark.scrollIntoView();
    }
    const form = document.getElementById('formulario-buscador');
    const box = document.getElementById('buscador');
    const list = document.getElementById('buscador-lista');
    const plain = text => text.trim().toLocaleLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    // in the order of `destinations.find`, which answers what is not found here
    function found(near) {
        const wanted = plain(box.value), options = [...list.children];
        const tests = [n => n === wanted, n => n.split(',')[0] === wanted, n => n.startsWith(wanted), n => n.includes(' ' + wanted)];
        return wanted && tests.slice(0, near ? 4 : 1).map(test => options.find(o => test(plain(o.value)))).find(Boolean);
    }
    box.addEventListener('focus', () => {
        fetch(list.dataset.resto).then(answer => answer.json()).then(all => {
            const known = new Set([...list.children].map(o => o.value));
            list.append(...all.filter(([name]) => !known.has(name)).map(([name, path]) => {
                const option = Object.assign(document.createElement('option'), {value: name});
                option.dataset.ruta = path;
                return option;
            }));
        }).catch(() => {});
    }, {once: true});
    function leave(option) { box.value = ''; box.blur(); go(option.dataset.ruta); }
    box.addEventListener('input', event => {
        const option = event.inputType === undefined || event.inputType === 'insertReplacementText' ? found() : null;
        if (option) leave(option);
    });
    form.addEventListener('submit', event => {
        const option = found(true);
        if (option) { event.preventDefault(); leave(option); }
    });
    document.getElementById('boton-tema').addEventListener('click', () => window.dash_clientside.siegem.alternar_tema(1));
    return {llegada: llegada};
})();
"""


def register(app: Dash) -> None:
    """Add every clientside callback to the application, before its scripts are hashed."""
    app.clientside_callback(
        _FILTER,
        Output("url", "pathname"),
        Output("url", "search"),
        Input({"type": "filtro", "clave": ALL, "ruta": ALL, "puesto": ALL}, "value"),
        State({"type": "filtro", "clave": ALL, "ruta": ALL, "puesto": ALL}, "id"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    app.clientside_callback(_ARRIVED, Output("llegada", "data"), Input("_pages_content", "children"))
    app.clientside_callback(_PUBLICATION, Output("publicacion-vista", "storage_type"), Input("publicacion-vista", "data"))
    app._inline_scripts.append(SHELL_SCRIPT)
