// «Mis vistas»: addresses with a note, kept in this browser alone. Words: bookmarks.py.
(() => {
const KEY = 'siegem-vistas', dialog = document.getElementById('marcadores'), find = name => dialog.querySelector(name);
const say = JSON.parse(dialog.dataset.textos), note = find('textarea'), pin = find('[type=checkbox]'), file = find('[type=file]');
let views = [], blocked = false, shown;
const cut = (text, most) => String(text || '').slice(0, most);
const tell = text => { find('[role=status]').textContent = text; };

// Stored or brought: anyone's. Only addresses of this site, only texts, not too long.
function clean(one) {
  try {
    const {href, origin} = new URL(location.origin + one.direccion);
    if (one.direccion[0] !== '/' || origin !== location.origin) return null;
    return {direccion: href.slice(origin.length), titulo: cut(one.titulo, 300), nota: cut(one.nota, 500),
      guardada: new Date(one.guardada).toISOString(), publicacion: cut(one.publicacion, 80)};
  } catch { return null; }
}

function read() {
  if (blocked) return views;
  let text;
  try {
    text = localStorage.getItem(KEY);
    views = JSON.parse(text || '[]').map(clean).filter(Boolean);
  } catch {
    views = [];
    blocked = text === undefined;
    tell(blocked ? say.bloqueado : say.ilegible);
    if (text) try { localStorage.setItem(KEY + '-ilegible', text); } catch {}
  }
  return views;
}

function write(list, told) {
  views = list;
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
    blocked = false;
  } catch { blocked = true; }
  tell(blocked ? say.bloqueado : told);
  render();
}

function render() {
  find('ul').replaceChildren(...views.map(one => {
    const item = find('template').content.firstChild.cloneNode(true), [link, about, text] = item.children;
    link.href = location.origin + one.direccion;
    link.textContent = one.titulo || one.direccion;
    // another language, another header
    link.toggleAttribute('data-navegar', link.search.includes('lang=') === location.search.includes('lang='));
    about.textContent = `${say.fecha} ${one.guardada.slice(0, 10).split('-').reverse().join('-')} · ${one.publicacion || say.vigente}`;
    text.textContent = one.nota;
    for (const act of item.querySelectorAll('button')) act.setAttribute('aria-label', `${act.textContent}: ${one.titulo}`);
    item.vista = one;
    return item;
  }));
}

function present() {
  const url = new URL(location), query = url.searchParams;
  if (pin?.checked) query.set('publicacion', dialog.dataset.numero); else query.delete('publicacion');
  return url.href.slice(url.origin.length);
}

function open() {
  tell('');
  read();
  render();
  if (shown !== location.href) {
    shown = location.href;
    if (pin) pin.checked = /[?&]publicacion=/.test(shown);
    note.value = views.find(one => one.direccion === present())?.nota || '';
  }
  find('b').textContent = document.querySelector('.contenido h1')?.textContent || document.title;
  dialog.showModal();
}

function save(event) {
  event.preventDefault();
  const now = new Date(), one = clean({
    direccion: present(), titulo: find('b').textContent, nota: note.value.trim(),
    guardada: now - now.getTimezoneOffset() * 6e4, publicacion: pin?.checked && dialog.dataset.sello
  });
  write([one, ...without(one)], say.guardada);
}
const without = one => read().filter(other => other.direccion !== one.direccion);

async function bring() {
  try {
    const found = JSON.parse(await file.files[0].text())[KEY], mine = new Set(read().map(one => one.direccion));
    const more = found.map(clean).filter(one => one && !mine.has(one.direccion) && mine.add(one.direccion));
    write([...views, ...more], say.traidas.replace('{n}', more.length).replace('{m}', found.length - more.length));
  } catch { tell(say.ajeno); }
  file.value = '';
}

const acts = {
  exportar() {
    const href = URL.createObjectURL(new Blob([JSON.stringify({[KEY]: read()}, null, 1)]));
    Object.assign(document.createElement('a'), {href, download: KEY + '.json'}).click();
  },
  async copiar({vista}) {
    const href = location.origin + vista.direccion;
    try { await navigator.clipboard.writeText(href); tell(say.copiada); } catch { tell(`${say.sin_copia} ${href}`); }
  },
  quitar({vista}) {
    write(without(vista), say.quitada);
    (find('li a') || note).focus();
  }
};
dialog.previousSibling.onclick = open;
note.form.onsubmit = save;
file.onchange = bring;
dialog.onclick = ({target}) => {
  const act = target.closest('[data-marcador]');
  if (act) acts[act.dataset.marcador](act.closest('li'));
  else if (target === dialog || target.closest('a')) dialog.close();
};
})();
