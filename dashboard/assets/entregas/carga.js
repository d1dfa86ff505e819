// The resumable upload (tus 1.0) as a browser does it: small pieces, each with its checksum, again and again until the server has them.
// What is safe is what the server says it has; this machine only remembers which upload a file belongs to.

import {DeskError} from './pieza.js';

const PIECE = 256 * 1024, WAIT = 90000, WHOLE_HASH = 100e6;
const TUS = {'Tus-Resumable': '1.0.0'};
const encode = text => { let s = ''; for (const b of new TextEncoder().encode(text)) s += String.fromCharCode(b); return btoa(s); };
const bytesToBase64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const toHex = bytes => [...new Uint8Array(bytes)].map(b => b.toString(16).padStart(2, '0')).join('');
// digests exist in secure contexts only: over plain HTTP in an office's network the upload goes on without them
const digest = data => (window.crypto && crypto.subtle ? crypto.subtle.digest('SHA-256', data) : Promise.resolve(null));

export const memory = {
    key: (file, words) => ['siegem:carga', file.name, file.size, file.lastModified, words.tabla, words.region, words.periodo, words.solo_revisar].join('|'),
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a browser that keeps nothing */ } },
    forget(key) { try { localStorage.removeItem(key); } catch { /* the same */ } },
    /** What was being sent from this machine when the page was closed. */
    pending: 'siegem:carga-en-curso'
};

export class Refused extends DeskError {}
class Interrupted extends Error {}
class Cancelled extends Error {}

/** One file on its way. `tell({kind, sent, total, wait})` is called at every change; `run()` gives the upload's id. */
export class Upload {
    constructor(file, words, tell) {
        Object.assign(this, {file, words, tell, url: '', offset: 0, failures: 0, cancelled: false});
        this.key = memory.key(file, words);
    }

    async run() {
        this.tell({kind: 'preparando'});
        this.whole = this.file.size <= WHOLE_HASH ? await this.hash() : '';
        for (;;) {
            if (this.cancelled) throw new Cancelled();
            try {
                if (!this.url) await this.find();
                while (this.offset < this.file.size) await this.piece();
                memory.forget(this.key);
                return this.url.split('/').pop();
            } catch (error) {
                if (!(error instanceof Interrupted)) throw error;
                await this.rest();
            }
        }
    }

    cancel() {
        this.cancelled = true;
        if (this.request) this.request.abort();
        if (this.wake) this.wake();
        memory.forget(this.key);
        memory.forget(memory.pending);
        if (this.url) fetch(this.url, {method: 'DELETE', headers: TUS, credentials: 'same-origin'}).catch(() => null);
    }

    /** Try now instead of waiting. */
    hurry() {
        if (this.wake) this.wake();
    }

    async hash() {
        const found = await digest(await this.read(0, this.file.size));
        return found ? toHex(found) : '';
    }

    async read(start, end) {
        try {
            return await this.file.slice(start, end).arrayBuffer();
        } catch (error) {
            throw new Refused(0, 'archivo');  // it was moved or changed meanwhile: whoever shows this knows the word
        }
    }

    /** Go on with the upload this file already has, or begin one. */
    async find() {
        const known = memory.get(this.key);
        if (known && known.url) {
            const answer = await this.ask('HEAD', known.url);
            if (answer.status === 200) {
                this.url = known.url;
                this.offset = Number(answer.header('Upload-Offset'));
                this.progress();
                return;
            }
            if (answer.status >= 500) throw new Interrupted();
            memory.forget(this.key);
        }
        const words = {nombre: this.file.name, ...this.words, ...(this.whole ? {sha256: this.whole} : {})};
        const metadata = Object.entries(words).filter(([, v]) => v).map(([k, v]) => `${k} ${encode(v)}`).join(',');
        const answer = await this.ask('POST', '/api/v1/cargas', {'Upload-Length': String(this.file.size), 'Upload-Metadata': metadata});
        if (answer.status !== 201) this.refuse(answer);
        this.url = answer.header('Location');
        this.offset = 0;
        memory.set(this.key, {url: this.url});
        memory.set(memory.pending, {id: this.url.split('/').pop(), nombre: this.file.name, tamano: this.file.size, ...this.words});
    }

    async piece() {
        if (this.cancelled) throw new Cancelled();
        const data = await this.read(this.offset, Math.min(this.offset + PIECE, this.file.size));
        const sum = await digest(data);
        const headers = {'Upload-Offset': String(this.offset), 'Content-Type': 'application/offset+octet-stream', ...(sum ? {'Upload-Checksum': `sha256 ${bytesToBase64(sum)}`} : {})};
        const answer = await this.ask(this.proxied ? 'POST' : 'PATCH', this.url, {...headers, ...(this.proxied ? {'X-HTTP-Method-Override': 'PATCH'} : {})}, data);
        if (answer.status === 204) {
            this.offset = Number(answer.header('Upload-Offset'));
            this.failures = 0;
            this.progress();
        } else if (answer.status === 409 && answer.header('Upload-Offset')) {
            this.offset = Number(answer.header('Upload-Offset'));
        } else if ((answer.status === 405 || answer.status === 501) && !this.proxied) {
            this.proxied = true;  // something on the way lets no PATCH through
        } else if (answer.status === 404 || answer.status === 410) {
            memory.forget(this.key);
            this.url = '';
            await this.find();
        } else if (answer.status === 460 || answer.status === 429 || answer.status >= 500) {
            throw new Interrupted();
        } else {
            this.refuse(answer);
        }
    }

    progress(extra = 0) {
        this.tell({kind: 'subiendo', sent: Math.min(this.offset + extra, this.file.size), total: this.file.size});
    }

    refuse(answer) {
        let told = {};
        try { told = JSON.parse(answer.text); } catch { /* an answer of something on the way */ }
        throw new Refused(answer.status, told.title || `Error ${answer.status}`, told.detail);
    }

    /** Wait longer each time, at most half a minute; a line that comes back ends the wait. */
    async rest() {
        this.failures += 1;
        const until = Date.now() + Math.min(30, 2 ** (this.failures - 1)) * 1000;
        let clock;
        await new Promise(resolve => {
            this.wake = resolve;
            window.addEventListener('online', resolve, {once: true});
            clock = setInterval(() => {
                const left = Math.ceil((until - Date.now()) / 1000);
                if (left <= 0) resolve();
                else this.tell({kind: 'espera', wait: left, sent: this.offset, total: this.file.size});
            }, 250);
            this.tell({kind: 'espera', wait: Math.ceil((until - Date.now()) / 1000), sent: this.offset, total: this.file.size});
        });
        clearInterval(clock);
        this.wake = null;
        if (!this.url) return;
        try {
            const answer = await this.ask('HEAD', this.url);  // how far it came, whatever we think
            if (answer.status === 200) this.offset = Number(answer.header('Upload-Offset'));
            else if (answer.status === 404 || answer.status === 410) { memory.forget(this.key); this.url = ''; }
        } catch (error) {
            if (!(error instanceof Interrupted)) throw error;
        }
    }

    ask(method, url, headers = {}, body = null) {
        return new Promise((resolve, reject) => {
            const request = this.request = new XMLHttpRequest();
            request.open(method, url);
            request.timeout = WAIT;
            for (const [key, value] of Object.entries({...TUS, ...headers})) request.setRequestHeader(key, value);
            request.onload = () => resolve({status: request.status, text: request.responseText, header: key => request.getResponseHeader(key)});
            request.onerror = request.ontimeout = () => reject(new Interrupted());
            request.onabort = () => reject(new Cancelled());
            if (body) request.upload.onprogress = event => this.progress(event.loaded);
            request.send(body);
        });
    }
}

export const wasCancelled = error => error instanceof Cancelled;
