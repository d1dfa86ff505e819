// Switches of the style guide: how the page looks in each light.
(function () {
    'use strict';
    const root = document.documentElement;

    document.addEventListener('click', event => {
        const button = event.target.closest && event.target.closest('[data-aspecto]');
        if (!button) return;
        const key = button.dataset.aspecto;
        if (key === 'proyector') window.dash_clientside.siegem.proyector(!root.hasAttribute('data-projector'));
        else window.siegemTema.choose(key);
        for (const other of document.querySelectorAll('[data-aspecto]')) {
            const on = other.dataset.aspecto === 'proyector' ? root.hasAttribute('data-projector') : other.dataset.aspecto === window.siegemTema.effective();
            other.setAttribute('aria-pressed', String(on));
        }
    });
})();
