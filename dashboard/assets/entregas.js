// Pages of deliveries: their scripts are modules, asked for when such a page appears and not before.
(function () {
    'use strict';
    const here = document.currentScript.src.replace(/entregas\.js.*$/, 'entregas/');
    const started = new WeakSet();

    function look() {
        for (const place of document.querySelectorAll('#react-entry-point [data-mesa]')) {
            if (started.has(place)) continue;
            started.add(place);
            import(here + place.dataset.mesa + '.js').then(module => module.start(place)).catch(error => {
                console.error(error);
                started.delete(place);
            });
        }
    }

    new MutationObserver(look).observe(document.documentElement, {childList: true, subtree: true});
    look();
})();
