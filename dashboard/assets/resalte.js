// The region pointed at is marked wherever the page shows it: rows, columns, links, charts.
(() => {
const CODE = /^(\d\d|L15|PILOTO)$/, LINK = 'a[href^="/region/"]', known = new WeakMap();
let now, marked = [], rings = [], ofChart = false;
const near = (target, name) => target?.closest?.(name), linked = link => link?.pathname.split('/')[2];

function codeOf(target) {
  if (!near(target, '.contenido')) return null;
  const own = near(target, '[data-territorio], ' + LINK), cell = near(target, '.matriz--cuadro td'), row = near(target, 'tbody tr');
  if (own) return own.dataset.territorio || linked(own);
  const head = cell ? cell.colSpan < 2 && near(cell, 'table').rows[0].cells[cell.cellIndex] : row?.cells[0];
  return linked(head?.querySelector?.(LINK));
}

// What a link stands for: its row, its column, itself.
function places(one) {
  const head = one.matches('th > a') && one.parentElement;
  if (!head || near(head, 'tbody')) return head ? head.parentElement : one;
  return [...near(head, 'table').querySelectorAll('thead tr, .matriz__fila')].map(row => row.cells[head.cellIndex]).filter(Boolean);
}

// A chart's shapes by region: the code is a trace's name or among its customdata.
function shapes(chart, code) {
  let found = known.get(chart);
  if (!found || found.of !== chart.calcdata || found[code]?.some(node => !node.isConnected)) {
    known.set(chart, found = {of: chart.calcdata});
    for (const group of chart.querySelectorAll('.scatterlayer > .trace, .barlayer > .trace')) {
      const {name, customdata} = group.__data__[0].trace, whole = CODE.test(name);
      for (const node of group.querySelectorAll(whole ? 'path' : 'path.point, .point > path')) {
        const at = whole ? name : customdata?.[(node.__data__ || node.parentNode.__data__).i];
        if (CODE.test(at)) (found[at] ??= []).push(node);
      }
    }
  }
  return found[code] || [];
}

function ring(node) {
  const copy = node.cloneNode();
  copy.style = '';
  copy.setAttribute('class', 'resalte');
  const at = copy.getAttribute('transform');
  if (at) copy.setAttribute('transform', at + 'scale(1.6)');
  node.closest('.scatterlayer, .barlayer').append(copy);
  return copy;
}

function mark(code) {
  if (code === now && marked[0]?.isConnected !== false) return;
  for (const one of marked) one.classList.remove('resaltado');
  for (const copy of rings) copy.remove();
  now = code;
  marked = rings = [];
  if (!CODE.test(code)) return;
  const every = name => [...document.querySelectorAll('.contenido ' + name)];
  marked = every(`:is([data-territorio="${code}"], a[href^="/region/${code}"])`).flatMap(places);
  for (const one of marked) one.classList.add('resaltado');
  rings = every('.js-plotly-plot').flatMap(chart => shapes(chart, code)).map(ring);
}

function listen(chart) {
  if (!chart.on || chart.resalte === chart._ev) return;
  chart.resalte = chart._ev;
  chart.on('plotly_hover', ({points: [{data, customdata}]}) => {
    ofChart = true;
    mark(CODE.test(data.name) ? data.name : customdata);
  });
  chart.on('plotly_unhover', () => mark(null));
}

function look(target) {
  const held = document.activeElement;
  ofChart = false;
  mark(codeOf(target) || (held.matches(':focus-visible') ? codeOf(held) : null));
}
addEventListener('pointerover', ({target}) => {
  const chart = near(target, '.js-plotly-plot');
  if (chart) listen(chart);
  if (!chart || !ofChart) look(target);
});
for (const kind of ['focusin', 'focusout', 'pointerleave']) document.documentElement.addEventListener(kind, () => look());
})();
