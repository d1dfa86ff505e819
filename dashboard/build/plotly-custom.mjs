// The part of plotly.js that SIEGEM draws with: core (which brings scatter), bar and heatmap, in Spanish and English.
import Plotly from 'plotly.js/lib/core';
import bar from 'plotly.js/lib/bar';
import heatmap from 'plotly.js/lib/heatmap';
import es from 'plotly.js/lib/locales/es';

Plotly.register([bar, heatmap]);

// Months as Peru prints them ("set." for September, lower case), numbers as MEM and MEF do: 1,234.5.
const peru = {
    moduleType: 'locale',
    name: 'es',
    dictionary: es.dictionary,
    format: {
        days: ['domingo', 'lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado'],
        shortDays: ['dom.', 'lun.', 'mar.', 'mié.', 'jue.', 'vie.', 'sáb.'],
        months: [
            'enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio',
            'julio', 'agosto', 'setiembre', 'octubre', 'noviembre', 'diciembre'
        ],
        shortMonths: [
            'ene.', 'feb.', 'mar.', 'abr.', 'may.', 'jun.',
            'jul.', 'ago.', 'set.', 'oct.', 'nov.', 'dic.'
        ],
        date: '%d/%m/%Y',
        decimal: '.',
        thousands: ',',
        grouping: [3],
        currency: ['S/ ', ''],
        year: '%Y',
        month: '%b %Y',
        dayMonth: '%d %b',
        dayMonthYear: '%d %b %Y'
    }
};

// English needs nothing: plotly's core registers "en", and falls back on it for what a locale leaves out.
Plotly.register([peru, { ...peru, name: 'es-PE' }]);
// Nothing on the page may ask another host: no topology, no map style, no "edit in cloud", no logo link.
Plotly.setPlotConfig({
    locale: 'es',
    topojsonURL: '',
    plotlyServerURL: '',
    displaylogo: false,
    showLink: false,
    showSendToCloud: false
});

window.Plotly = Plotly;
