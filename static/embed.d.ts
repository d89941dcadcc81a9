// Types of embed.js: the element <incident-replay> and its messages.
//
// Times are those of a media element: seconds of playback at speed 1, each a minute of the incident. A time of the incident
// is a text: "12:30" or "12:30:15" (UTC), "2:03" (from the start) or an instant such as "2024-08-15T12:30:00Z".

/** Whether the player bar is shown: while paused, pointed at or focused (auto), always (1), never (0). */
export type Controls = 'auto' | '1' | '0';

export type Theme = 'system' | 'light' | 'dark';

/** Names for `panel`: one or several, separated by commas. */
export type Panel =
  | 'system' | 'checkouts' | 'pools' | 'cache' | 'memory' | 'cpu' | 'latency' | 'sessions' | 'gateway' | 'calls' | 'queue' | 'retries' | 'deployment';

/** The state of a replay. */
export interface ReplayState {
  /** Seconds of playback since the start. */
  currentTime: number;
  /** Length in seconds of playback. */
  duration: number;
  paused: boolean;
  /** Whether the playhead is at the end of the replay or of the requested range. */
  ended: boolean;
  /** 0.25, 0.5, 1, 2, 4, 8 or 16. */
  playbackRate: number;
  /** The moment of the incident, RFC 3339. */
  at: string;
  /** Phase of the incident: "Diagnosis". */
  phase: string | null;
  /** Id of the last event of the timeline: "escalated". */
  event: string | null;
  /** Parameters of the address that differ from their defaults: theme, panel, speed, … */
  parameters: Record<string, string>;
  /** Moment and run as the hash of an address: "v=1&t=12:30". Pass it to `setState` to return here. */
  hash: string;
  /** Address of the full page at this moment. */
  href: string;
}

/** Changes of the state; absent values stay as they are. */
export interface ReplayChange {
  currentTime?: number;
  paused?: boolean;
  playbackRate?: number;
  /** Single parameters of the address; an empty text resets one. */
  parameters?: Record<string, string>;
  /** Moment and run as a whole, replacing the current ones. */
  hash?: string;
}

/** A position: seconds of playback, a time of the incident, or the id of an event. */
export type ReplayPlace = number | string | { marker: string };

export interface ReplayMarker {
  /** Id: "escalated". */
  id: string;
  title: string;
  /** Moment of the incident, RFC 3339. */
  at: string;
  currentTime: number;
}

/** Events, named as those of a media element. They do not bubble. */
export interface IncidentReplayEventMap {
  /** The replay is ready, and the properties are known. */
  loadedmetadata: CustomEvent<null>;
  play: CustomEvent<null>;
  pause: CustomEvent<null>;
  /** At most four times a second while playing. */
  timeupdate: CustomEvent<null>;
  seeked: CustomEvent<null>;
  ratechange: CustomEvent<null>;
  /** Playback reached an event of the timeline, an alert or a wave of the roll-out. */
  marker: CustomEvent<ReplayMarker>;
  ended: CustomEvent<null>;
  /** The replay cannot be shown; the fallback is shown instead. */
  error: CustomEvent<{ message: string }>;
}

/** `<incident-replay src="https://…/">fallback</incident-replay>` */
export class IncidentReplayElement extends HTMLElement {
  /** Time after which a loaded but silent frame counts as failed, in milliseconds. */
  static readyMsMax: number;

  /** Address of a replay; may be a link to a moment or to another run. */
  src: string;
  /** Where the replay starts, paused: a time of the incident. */
  startAt: string;
  /** Where playback stops: a time of the incident. */
  end: string;
  /** 0.25, 0.5, 1, 2, 4, 8 or 16. */
  speed: string;
  theme: Theme | '';
  controls: Controls | '';
  /** Names of charts, separated by commas, or "system"; empty for the default view. See {@link Panel}. */
  panel: string;

  /** Seconds of playback since the start; 0 before `loadedmetadata`. Setting it seeks. */
  currentTime: number;
  /** Length in seconds of playback; NaN before `loadedmetadata`. */
  readonly duration: number;
  readonly paused: boolean;
  readonly ended: boolean;
  /** Setting it selects the nearest available speed. */
  playbackRate: number;

  /**
   * These wait until the replay is ready, and for the run that is on its way. They reject with an AbortError when the element is
   * removed or not in a document, and with an Error when there is no replay (see the event `error`) or the replay refuses.
   */
  play(): Promise<void>;
  pause(): Promise<void>;
  seek(to: ReplayPlace): Promise<void>;
  /** Moves by ticks of the recording; only while paused. */
  step(ticks?: number): Promise<void>;
  nextEvent(): Promise<void>;
  prevEvent(): Promise<void>;
  getState(): Promise<ReplayState>;
  /** Resolves with the state of the run that was asked for, once it is there. */
  setState(state: ReplayChange): Promise<ReplayState>;
  /** An image of a chart as shown: PNG at twice its size unless `format` is "svg". */
  snapshot(options?: { panel?: Exclude<Panel, 'system'>; format?: 'png' | 'svg' }): Promise<Blob>;

  addEventListener<K extends keyof IncidentReplayEventMap>(
    type: K,
    listener: (this: IncidentReplayElement, event: IncidentReplayEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof IncidentReplayEventMap>(
    type: K,
    listener: (this: IncidentReplayElement, event: IncidentReplayEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'incident-replay': IncidentReplayElement;
  }
}
