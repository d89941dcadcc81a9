// What authors write, for the compiler: the types of embed.d.ts hold it, and refuse what would not work.

import { IncidentReplayElement, type ReplayState } from '../../static/embed.js';

const element: IncidentReplayElement = document.createElement('incident-replay');
element.src = 'https://replay.example/';
element.startAt = '12:30';
element.theme = 'dark';
element.controls = '0';
element.panel = 'memory,latency';
document.body.append(element);

element.addEventListener('marker', (event) => console.log(event.detail.title, event.detail.currentTime + 1));
element.addEventListener('error', ({ detail }) => console.log(detail.message.length));

export async function tour(): Promise<ReplayState> {
  await element.seek({ marker: 'escalated' });
  await element.seek('12:30');
  await element.play();
  element.playbackRate = element.duration > 100 ? 4 : 2;
  const picture: Blob = await element.snapshot({ panel: 'memory', format: 'svg' });
  console.log(picture.size, element.paused);
  const state = await element.getState();
  return element.setState({ hash: state.hash, parameters: { theme: 'light' } });
}

// @ts-expect-error The length is the replay's.
element.duration = 5;
// @ts-expect-error There is no such theme.
element.theme = 'blue';
// @ts-expect-error A place is no list.
void element.seek([1]);
// @ts-expect-error The system picture is no chart.
void element.snapshot({ panel: 'system' });
