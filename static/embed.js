// <incident-replay src="https://…/" start-at="12:30">fallback</incident-replay>
//
// Embeds a replay in a document: a frame with the embed view, modelled on a media element. embed.d.ts documents types and
// names. The element's content is shown until the replay is ready, and permanently if it cannot be shown.
//
// Frame and element exchange messages {ns: 'incident-replay', v: 1, id, type, …}. A frame that is out of sight sends `waiting`,
// and simulates when it is seen or told to `start`. The frame sends `hello` when it runs; the element requests its state. From then on the element sends requests, which are answered, and receives events. Each side
// accepts messages only from the other's window and origin.

const NAMESPACE = 'incident-replay';
const VERSION = 1;
const EVENTS = new Set(['play', 'pause', 'timeupdate', 'seeked', 'ratechange', 'marker', 'ended', 'error']);
const PROTOCOLS = new Set(['http:', 'https:', 'file:']);

/** Attributes that become parameters of the frame's address, with their defaults. */
const PARAMETERS = { 'start-at': 't', end: 'end', speed: 'speed', theme: 'theme', controls: 'controls', panel: 'panel' };
const DEFAULTS = { speed: '1', controls: 'auto' };
const PROPERTIES = ['src', ...Object.keys(PARAMETERS)].map(propertyOf);

const TAKEN_OUT = 'the replay was taken out of the document';

// Rules of the document override these: give the element a height, and the replay fits into it.
const SHEET = `
  :host { display: block; position: relative; }
  :host([hidden]) { display: none; }
  iframe { position: absolute; inset: 0; width: 100%; height: 100%; min-height: 12rem; border: 0; visibility: hidden; }
  .is-ready iframe { visibility: visible; }
  .is-ready slot { display: none; }
  .is-ready { display: block; height: 100%; }
`;

/** An embedded replay. */
export class IncidentReplayElement extends HTMLElement {
  static observedAttributes = ['src', ...Object.keys(PARAMETERS), 'title'];

  /** Time after which a loaded but silent frame counts as failed, in milliseconds. */
  static readyMsMax = 30_000;

  #root = document.createElement('div');
  #heightSheet = new CSSStyleSheet();
  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  /** The frame's origin; 'null' for files. */
  #origin = '';
  #state = null;
  /** Pending requests: id → {resolve, reject}. */
  #requests = new Map();
  #lastId = 0;
  /** Requests that wait for the frame's state. */
  #waiting = new Set();
  /** Why there is no replay, once that is known. */
  #failure = '';
  #silence = 0;
  /** Whether the frame is out of sight and has not begun to simulate. */
  #isAsleep = false;
  /** State of the replay when the element was removed from the document. */
  #resume = null;
  #listen = (event) => this.#hear(event);

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    shadow.adoptedStyleSheets = [sheet, this.#heightSheet];
    this.#root.append(document.createElement('slot'));
    shadow.append(this.#root);
  }

  connectedCallback() {
    addEventListener('message', this.#listen);
    const later = this.#takeOver();
    this.#load();
    // These wait for the replay.
    for (const [property, value] of later) this[property] = value;
  }

  disconnectedCallback() {
    removeEventListener('message', this.#listen);
    this.#resume = this.#state?.hash ?? null;
    this.#unload();
    this.#refuse(new DOMException(TAKEN_OUT, 'AbortError'));
  }

  /** Being moved by `moveBefore` the frame stays as it is. */
  connectedMoveCallback() {}

  /** Properties that were set before this file was loaded hide the accessors of the same names. */
  #takeOver() {
    const later = [];
    for (const property of [...PROPERTIES, 'currentTime', 'playbackRate']) {
      if (!Object.hasOwn(this, property)) continue;
      const value = this[property];
      delete this[property];
      if (PROPERTIES.includes(property)) this[property] = value;
      else later.push([property, value]);
    }
    return later;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.isConnected || before === after) return;
    if (name === 'title') {
      if (this.#frame) this.#frame.title = this.#title();
    } else if (name === 'src' || !this.#state) {
      this.#resume = null;
      this.#load();
    } else {
      const parameters = { [PARAMETERS[name]]: after ?? DEFAULTS[name] ?? '' };
      this.setState({ parameters }).catch((error) => this.#tell('error', { message: error.message }));
    }
  }

  get currentTime() { return this.#state?.currentTime ?? 0; }
  set currentTime(seconds) { this.seek(Number(seconds)).catch(ignore); }
  get duration() { return this.#state?.duration ?? NaN; }
  get paused() { return this.#state?.paused ?? true; }
  get ended() { return this.#state?.ended ?? false; }
  get playbackRate() { return this.#state?.playbackRate ?? (Number(this.speed) || 1); }
  set playbackRate(rate) { this.#request('setRate', { rate: Number(rate) }).catch(ignore); }

  play() { return this.#request('play').then(ignore); }
  pause() { return this.#request('pause').then(ignore); }
  seek(to) { return this.#request('seek', { to }).then(ignore); }
  step(ticks = 1) { return this.#request('step', { ticks }).then(ignore); }
  nextEvent() { return this.#request('nextEvent').then(ignore); }
  prevEvent() { return this.#request('prevEvent').then(ignore); }
  getState() { return this.#request('getState'); }
  setState(state) { return this.#request('setState', { state }); }
  snapshot({ panel, format } = {}) { return this.#request('snapshot', { panel, format }); }

  /** Whether the replay is shown. */
  #isReady() {
    return this.#root.classList.contains('is-ready');
  }

  #title() {
    return this.title || 'Incident replay';
  }

  /** Replaces the frame, if there is one. Requests that wait are for the next. */
  #load() {
    this.#unload();
    this.#failure = '';
    let url;
    try {
      url = this.#address();
    } catch (error) {
      this.#fail(error.message);
      return;
    }
    this.#origin = url.origin;
    const frame = document.createElement('iframe');
    frame.title = this.#title();
    frame.loading = 'lazy';
    frame.allow = 'fullscreen; clipboard-write';
    frame.referrerPolicy = 'no-referrer';
    frame.addEventListener('load', () => {
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => this.#fail(`${url.origin} does not answer`), IncidentReplayElement.readyMsMax);
    });
    frame.src = url.href;
    this.#frame = frame;
    this.#root.append(frame);
  }

  #unload() {
    clearTimeout(this.#silence);
    this.#frame?.remove();
    this.#frame = null;
    this.#state = null;
    this.#isAsleep = false;
    this.#root.classList.remove('is-ready');
    this.#heightSheet.replaceSync('');
    this.#refuse(new DOMException('another replay is being loaded', 'AbortError'), [this.#requests]);
  }

  /** Rejects what was sent to the frame and what waits for it. */
  #refuse(error, lists = [this.#requests, this.#waiting]) {
    for (const list of lists) {
      const requests = [...list.values()];
      list.clear();
      for (const { reject } of requests) reject(error);
    }
  }

  /** The frame's address: `src` with the parameters of the attributes. */
  #address() {
    const src = this.getAttribute('src');
    if (!src) throw new Error('<incident-replay> needs a src: the address of a replay');
    let url;
    try {
      url = new URL(src, document.baseURI);
    } catch {
      throw new Error(`src="${src}" is no address`);
    }
    if (!PROTOCOLS.has(url.protocol)) throw new Error(`src="${src}": a replay is at an address of http or https`);
    const hash = new URLSearchParams(this.#resume ?? url.hash.slice(1));
    url.searchParams.set('embed', '1');
    for (const [attribute, parameter] of Object.entries(PARAMETERS)) {
      const value = this.getAttribute(attribute);
      if (value === null) continue;
      if (parameter !== 't' && parameter !== 'end') url.searchParams.set(parameter, value);
      else if (this.#resume === null) hash.set(parameter, value);
    }
    url.hash = hash.toString();
    return url;
  }

  async #request(type, properties = {}) {
    if (!this.isConnected) throw new DOMException(this.#resume === null ? 'the replay is not in the document' : TAKEN_OUT, 'AbortError');
    if (this.#failure) throw new Error(this.#failure);
    if (!this.#isReady()) {
      // A lazy frame below the fold would not load until it is scrolled to. Setting this on a loaded frame would make Firefox
      // load it again.
      if (this.#frame) this.#frame.loading = 'eager';
      this.#wake();
      await new Promise((resolve, reject) => { this.#waiting.add({ resolve, reject }); });
    }
    return this.#post(type, properties);
  }

  /** Asks a frame that is out of sight to simulate all the same. */
  #wake() {
    if (this.#isAsleep) this.#send(0, 'start', {});
  }

  #post(type, properties = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#send(id, type, properties);
    });
  }

  #send(id, type, properties) {
    const target = this.#origin === 'null' ? '*' : this.#origin;
    this.#frame.contentWindow.postMessage({ ns: NAMESPACE, v: VERSION, id, type, ...properties }, target);
  }

  /** @param {MessageEvent} event */
  #hear({ source, origin, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== this.#origin) return;
    if (typeof data !== 'object' || data?.ns !== NAMESPACE || data.v !== VERSION) return;
    switch (data.type) {
      case 'waiting':
        // It is there; what is out of sight has no need to simulate.
        clearTimeout(this.#silence);
        this.#isAsleep = true;
        if (this.#waiting.size > 0) this.#wake();
        break;
      case 'hello':
        this.#isAsleep = false;
        this.#post('getState').then((state) => this.#start(state), (error) => this.#fail(error.message));
        break;
      case 'failed':
        this.#fail(String(data.message));
        break;
      case 'iframe.resize':
        this.#resize(data.height);
        break;
      case 'answer':
        this.#settle(data);
        break;
      case 'event':
        if (EVENTS.has(data.event) && this.#isReady() && this.#keep(data.state)) this.#tell(data.event, data.detail);
        break;
      default:
    }
  }

  #start(state) {
    if (!this.#keep(state)) return;
    const isFirst = !this.#isReady();
    clearTimeout(this.#silence);
    this.#failure = '';
    this.#root.classList.add('is-ready');
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { resolve } of waiting) resolve();
    if (isFirst) this.#tell('loadedmetadata');
  }

  #settle({ id, value, error }) {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#requests.delete(id);
    if (error !== undefined) {
      request.reject(new Error(String(error)));
      return;
    }
    this.#keep(value);
    request.resolve(value);
  }

  /** Updates the properties from a state; returns false for other values, such as an image. */
  #keep(state) {
    const isState = Number.isFinite(state?.currentTime) && Number.isFinite(state.duration)
      && Number.isFinite(state.playbackRate) && typeof state.paused === 'boolean';
    if (isState) this.#state = state;
    return isState;
  }

  #resize(height) {
    if (Number.isFinite(height) && height > 0) {
      this.#heightSheet.replaceSync(`:host { height: ${Math.min(Math.ceil(height), 4000)}px; }`);
    }
  }

  #tell(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Shows the fallback and reports the error. A frame that answers late is still shown. */
  #fail(message) {
    clearTimeout(this.#silence);
    this.#failure = message;
    this.#state = null;
    this.#root.classList.remove('is-ready');
    this.#heightSheet.replaceSync('');
    this.#refuse(new Error(message));
    this.#tell('error', { message });
  }
}

// Every attribute is also a property.
for (const name of ['src', ...Object.keys(PARAMETERS)]) {
  const property = propertyOf(name);
  Object.defineProperty(IncidentReplayElement.prototype, property, {
    configurable: true,
    enumerable: true,
    get() { return this.getAttribute(name) ?? ''; },
    set(value) { value === null || value === undefined ? this.removeAttribute(name) : this.setAttribute(name, value); },
  });
}

function propertyOf(attribute) {
  return attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function ignore() {}

if (!customElements.get('incident-replay')) customElements.define('incident-replay', IncidentReplayElement);
