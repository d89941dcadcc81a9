// Runs Lighthouse, installed in the given folder, against dist/ and prints the scores and the failed audits.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { startServer } from '../tests/browser/server.mjs';

const AIMS = { performance: 95, accessibility: 100, 'best-practices': 100 };

const here = createRequire(join(process.argv[2], 'package.json'));
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(here.resolve('lighthouse')).href);

const server = await startServer();
const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  for (const [name, config] of [['mobile', undefined], ['desktop', desktopConfig]]) {
    const flags = { port: Number(new URL(browser.wsEndpoint()).port), onlyCategories: Object.keys(AIMS), onlyAudits: ['long-tasks'], logLevel: 'error' };
    const { lhr } = await lighthouse(server.url, flags, config);
    console.log(`\nLighthouse ${lhr.lighthouseVersion}, ${name}`);
    for (const [id, { title, score, auditRefs }] of Object.entries(lhr.categories)) {
      const points = Math.round(score * 100);
      console.log(`${title.padEnd(16)}${String(points).padStart(4)}   aim ${AIMS[id]}: ${points >= AIMS[id] ? 'reached' : 'missed'}`);
      for (const { id: audit, weight } of auditRefs) {
        const { score: part, title: what, displayValue = '' } = lhr.audits[audit];
        if (weight === 0 || part === null || part >= 0.9) continue;
        console.log(`    ${Math.round(part * 100)}: ${what} ${displayValue}`);
        // The affected elements, or durations and sources.
        for (const { node } of lhr.audits[audit].details?.items ?? []) if (node) console.log(`        ${node.selector}`);
      }
    }
    const tasks = lhr.audits['long-tasks'].details?.items ?? [];
    for (const { url, duration, startTime } of tasks) {
      console.log(`    long task of ${duration.toFixed(0)} ms at ${startTime.toFixed(0)} ms: ${url}`);
    }
  }
} finally {
  await browser.close();
  server.stop();
}
