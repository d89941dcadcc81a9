// The static server under test: `xtask serve-dist`, the same that `cargo xtask serve` runs.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Starts a server for dist/ on a free port.
 * @param {{base?: string, folder?: string, port?: number}} options base: the path the page stands under;
 *   folder: what to serve instead; port: not just any
 * @returns {Promise<{url: string, answers: {status: number, path: string}[], stop: () => Promise<void>}>} stop: resolves once nothing answers any more
 */
export async function startServer({ base = '/', folder, port = 0 } = {}) {
  const words = ['serve-dist', '--port', String(port), '--base', base, '--log', '--exit-on-eof'];
  if (folder) words.push('--folder', folder);
  // `cargo xtask test` says where it is; by hand, cargo finds it.
  const program = process.env.INCIDENT_REPLAY_XTASK;
  const child = program
    ? spawn(program, words, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
    : spawn('cargo', ['xtask', ...words], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = [];
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended (${code}); is there a dist/? cargo xtask build`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = line.match(/ at (http:\S+)/)?.[1];
      if (address) return resolve(address);
      const [status, , path] = line.split(' ');
      answers.push({ status: Number(status), path });
    });
  });
  // Neither the server nor its pipes keep a finished test file alive.
  child.unref();
  child.stdin.unref();
  child.stdout.unref();
  const stop = () => new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', resolve);
    child.stdin.end();
  });
  return { url, answers, stop };
}

const made = [];

/** A copy of dist/ that a test may change; it goes away with the test. */
export function copyOfDist() {
  if (made.length === 0) after(() => made.forEach((folder) => rmSync(folder, { recursive: true })));
  const folder = mkdtempSync(join(tmpdir(), 'incident-replay-dist-'));
  made.push(folder);
  cpSync(join(root, 'dist'), folder, { recursive: true });
  return folder;
}
