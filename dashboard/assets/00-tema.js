// Theme before paint. Loads first; may also be put in <head> by the index (running twice is harmless).
// `data-naciente`: until the first painting what stands under the first screen is not laid out (35-lejos.css); `siegem.js` takes it away.
(function () {
    'use strict';
    var root = document.documentElement;
    var dark = window.matchMedia ? window.matchMedia('(prefers-color-scheme: dark)') : {matches: false};

    function saved() {
        try {
            return window.localStorage.getItem('siegem-tema');
        } catch (blocked) {
            return null;  // storage forbidden: the choice lasts as long as the page
        }
    }

    function apply(choice) {
        var theme = choice === 'light' || choice === 'dark' ? choice : 'auto';
        root.setAttribute('data-theme', theme);
        root.setAttribute('data-mantine-color-scheme', effective());
    }

    function effective() {
        var theme = root.getAttribute('data-theme');
        return theme === 'light' || theme === 'dark' ? theme : dark.matches ? 'dark' : 'light';
    }

    if (!window.siegemTema) {
        apply(saved());
        root.toggleAttribute('data-naciente', !location.hash);
        window.addEventListener('load', function () { root.removeAttribute('data-naciente'); });  // also where the other script did not come
        window.siegemTema = {
            effective: effective,
            choose: function (choice) {
                try {
                    window.localStorage.setItem('siegem-tema', choice);
                } catch (blocked) { /* see saved() */ }
                apply(choice);
                window.dispatchEvent(new CustomEvent('siegem:tema', {detail: effective()}));
            }
        };
        if (dark.addEventListener) {
            dark.addEventListener('change', function () {
                apply(saved());
                window.dispatchEvent(new CustomEvent('siegem:tema', {detail: effective()}));
            });
        }
        // MantineProvider writes its own idea of the scheme when it mounts: ours stands.
        new MutationObserver(function () {
            if (root.getAttribute('data-mantine-color-scheme') !== effective()) {
                root.setAttribute('data-mantine-color-scheme', effective());
            }
        }).observe(root, {attributes: true, attributeFilter: ['data-mantine-color-scheme']});
    }
})();
