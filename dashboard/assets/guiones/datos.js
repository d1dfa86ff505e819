// Copies a text of /datos; where the clipboard is forbidden the text is selected instead.
(function () {
    'use strict';
    document.addEventListener('click', async event => {
        const button = event.target.closest && event.target.closest('[data-copiar]');
        if (!button) return;
        const place = document.getElementById(button.dataset.copiar), before = button.textContent;
        try {
            await navigator.clipboard.writeText(place.textContent);
            button.textContent = button.dataset.copiado;
            setTimeout(() => { button.textContent = before; }, 2000);
        } catch (blocked) {
            window.getSelection().selectAllChildren(place);
        }
    });
})();
