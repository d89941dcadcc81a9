// Types of embed.js: the element <incident-replay> and what it speaks.
//
// Time is that of a media element: seconds of playing at the speed of 1, in each of which a minute of the incident passes.
// Wherever a time of the incident is meant, it is a text: "12:30" or "12:30:15" (UTC), "2:03" (from the start) or an
// instant such as "2024-08-15T12:30:00Z".

/** Whether the player is shown: while nothing plays or somebody is near (auto), always (1), never (0). */
export type Controls = 'auto' | '1' | '0';

export type Theme = 'system' | 'light' | 'dark';

/** Names for `panel`: one or several, separated by commas. */
export type Panel =
  | 'system' | 'checkouts' | 'memory' | 'cpu' | 'latency' | 'sessions' | 'gateway' | 'queue' | 'retries' | 'deployment';

/** A replay as it is. */
export interface ReplayState {
  /** Seconds of playing since the start. */
  currentTime: number;
  /** Length in seconds of playing. */
  duration: number;
  paused: boolean;
  /** Whether the playhead stands at the end of the replay or of the piece that was asked for. */
  ended: boolean;
  /** 0.25, 0.5, 1, 2, 4, 8 or 16. */
  playbackRate: number;
  /** The moment of the incident, RFC 3339. */
  at: string;
  /** Phase of the incident: "Diagnosis". */
  phase: string | null;
  /** Name of the last event of the timeline: "escalated". */
  event: string | null;
  /** Parameters of the address that differ from their defaults: theme, panel, speed, … */
  parameters: Record<string, string>;
  /** The moment and the run as the hash of an address: "v=1&t=12:30". Give it to `setState` to come back. */
  hash: string;
  /** Address of the full page at this moment. */
  href: string;
}

/** How a replay should be; what is absent stays as it is. */
export interface ReplayChange {
  currentTime?: number;
  paused?: boolean;
  playbackRate?: number;
  /** Single parameters of the address; an empty text takes one back. */
  parameters?: Record<string, string>;
  /** The moment and the run as a whole. */
  hash?: string;
}

/** A place on the track: seconds of playing, a time of the incident, or the name of an event. */
export type ReplayPlace = number | string | { marker: string };

export interface ReplayMarker {
  /** Name: "escalated". */
  id: string;
  title: string;
  /** Moment of the incident, RFC 3339. */
  at: string;
  currentTime: number;
}

/** Events, named as those of a media element. They do not bubble. */
export interface IncidentReplayEventMap {
  /** The replay is there: the properties are known. */
  loadedmetadata: CustomEvent<null>;
  play: CustomEvent<null>;
  pause: CustomEvent<null>;
  /** At most four times a second while playing. */
  timeupdate: CustomEvent<null>;
  seeked: CustomEvent<null>;
  ratechange: CustomEvent<null>;
  /** An event of the timeline, an alert or a step of the roll-out was reached while playing. */
  marker: CustomEvent<ReplayMarker>;
  ended: CustomEvent<null>;
  /** The replay cannot be shown: the fallback is. */
  error: CustomEvent<{ message: string }>;
}

/** `<incident-replay src="https://…/">fallback</incident-replay>` */
export class IncidentReplayElement extends HTMLElement {
  /** How long a loaded frame may be silent before the element gives up, in milliseconds. */
  static readyMsMax: number;

  /** Address of a replay, also a link to a moment or to another run. */
  src: string;
  /** Where it starts, paused: a time of the incident. */
  startAt: string;
  /** Where playing stops: a time of the incident. */
  end: string;
  /** 0.25, 0.5, 1, 2, 4, 8 or 16. */
  speed: string;
  theme: Theme | '';
  controls: Controls | '';
  /** Names of charts, separated by commas, or "system"; the usual view when empty. See {@link Panel}. */
  panel: string;

  /** Seconds of playing since the start; 0 before `loadedmetadata`. Setting it seeks. */
  currentTime: number;
  /** Length in seconds of playing; NaN before `loadedmetadata`. */
  readonly duration: number;
  readonly paused: boolean;
  readonly ended: boolean;
  /** Setting it takes the nearest speed there is. */
  playbackRate: number;

  /** Each waits until the replay is there; rejects when it is taken out of the document or refuses. */
  play(): Promise<void>;
  pause(): Promise<void>;
  seek(to: ReplayPlace): Promise<void>;
  /** On or back by ticks of the recording; only while paused. */
  step(ticks?: number): Promise<void>;
  nextEvent(): Promise<void>;
  prevEvent(): Promise<void>;
  getState(): Promise<ReplayState>;
  setState(state: ReplayChange): Promise<ReplayState>;
  /** A picture of a chart as it is shown: PNG at twice its size unless `format` is "svg". */
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
