// The static server with faults: files that are missing, cut, changed, of another type, or never arrive.

import { createServer } from 'node:http';
import { startServer } from './server.mjs';

/** What can be wrong with a file, each a function of its status, headers and body that gives others, or null for silence. */
export const FAULTS = {
  404: () => ({ status: 404, type: 'text/html', body: '<!DOCTYPE html><title>Not found</title>' }),
  500: () => ({ status: 500, type: 'text/plain', body: 'no' }),
  cut: ({ body, type }) => ({ status: 200, type, body: body.subarray(0, body.length / 2) }),
  changed: ({ body, type }) => ({ status: 200, type, body: Buffer.concat([body, Buffer.from(' ')]) }),
  'of another type': ({ body }) => ({ status: 200, type: 'text/plain', body }),
  stalled: () => null,
};

/**
 * Starts a server for dist/ whose files matching `pattern` have a fault while `isOn()`, and come `delayMs` late; `change` may
 * change the page's own HTML.
 * @returns {Promise<{url: string, answers: object[], stop: () => Promise<void>}>}
 */
export async function startFaultyServer({ pattern, fault, change = (html) => html, delayMs = 0, isOn = () => true }) {
  const whole = await startServer();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, whole.url).pathname;
    const answer = await fetch(new URL(path, whole.url)).catch(() => null);
    const bytes = await answer?.arrayBuffer().catch(() => null);
    // Asked while it stops.
    if (!bytes) return response.destroy();
    const type = answer.headers.get('content-type') ?? 'text/plain';
    let told = { status: answer.status, type, body: Buffer.from(bytes) };
    if (path === '/') told.body = Buffer.from(change(told.body.toString()));
    await new Promise((resolve) => { setTimeout(resolve, delayMs); });
    if (isOn() && pattern?.test(path)) told = FAULTS[fault](told);
    if (!told) return;
    response.writeHead(told.status, { 'Content-Type': told.type, 'Cache-Control': 'no-store' });
    response.end(told.body);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://localhost:${server.address().port}/`,
    answers: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      await whole.stop();
    },
  };
}
