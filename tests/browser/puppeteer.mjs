// Chromium and Firefox, by puppeteer: over the DevTools protocol and over WebDriver BiDi.

import puppeteer from 'puppeteer-core';
import { browsersBy } from './start.mjs';

const CHROMIUM_ARGUMENTS = [
  // Tests run as root in containers, where Chromium's sandbox cannot.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

const browsers = browsersBy(start);

export function stopPuppeteer() {
  return browsers.stop((browser) => browser.close());
}

function launch(engine, { dark, reducedMotion }) {
  // Firefox takes colour scheme and motion at launch only.
  const key = engine === 'firefox' ? `firefox dark=${dark} still=${reducedMotion}` : engine;
  return browsers.get(key, engine, dark, reducedMotion);
}

function start(engine, dark, reducedMotion) {
  if (engine === 'firefox') {
    return puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
      headless: true,
      extraPrefsFirefox: {
        'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
        'ui.prefersReducedMotion': reducedMotion ? 1 : 0,
      },
    });
  }
  return puppeteer.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    headless: true,
    args: CHROMIUM_ARGUMENTS,
  });
}

export async function openWithPuppeteer(engine, origin, url, settings) {
  const browser = await launch(engine, settings);
  // A context of its own: no cache and no storage from other tests.
  const context = await browser.createBrowserContext();
  const raw = await context.newPage();
  const problems = [];
  const requests = [];
  watch(raw, new URL(origin).origin, problems, requests);

  const { width, height, dpr, touch } = settings;
  await setViewport(raw, { width, height, deviceScaleFactor: dpr, ...(touch && { hasTouch: true, isMobile: true }) });
  if (engine === 'chromium') {
    await raw.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: settings.dark ? 'dark' : 'light' },
      { name: 'prefers-reduced-motion', value: settings.reducedMotion ? 'reduce' : 'no-preference' },
    ]);
    // Puppeteer knows neither of these.
    if (settings.media.length > 0) {
      const session = await raw.createCDPSession();
      const features = [
        { name: 'prefers-color-scheme', value: settings.dark ? 'dark' : 'light' },
        ...settings.media,
      ];
      await session.send('Emulation.setEmulatedMedia', { features });
    }
  }
  if (settings.js) {
    for (const script of settings.scripts) await raw.evaluateOnNewDocument(script);
  } else {
    await raw.setJavaScriptEnabled(false);
  }
  if (settings.waits) {
    await raw.goto(url, { waitUntil: 'load' });
  } else {
    raw.goto(url).catch(() => {});
    const hasBegun = () => raw.evaluate(() => document.body !== null && location.href !== 'about:blank').catch(() => false);
    while (!await hasBegun()) await new Promise((resolve) => { setTimeout(resolve, 50); });
  }

  return {
    raw,
    problems,
    requests,
    evaluate: (what, ...args) => raw.evaluate(what, ...args),
    png: ({ fullPage }) => raw.screenshot({ fullPage }),
    /** On A4 paper. */
    pdf: async () => Buffer.from(await raw.pdf({ format: 'A4', printBackground: true, timeout: 60_000 })),
    close: () => context.close(),
    async press(key, modifiers) {
      for (const modifier of modifiers) await raw.keyboard.down(modifier);
      await raw.keyboard.press(key);
      for (const modifier of modifiers.toReversed()) await raw.keyboard.up(modifier);
    },
    async pointer(points, { times }) {
      const [first, ...rest] = points;
      if (times > 1) return raw.mouse.click(first.x, first.y, { count: times });
      await raw.mouse.move(first.x, first.y);
      if (times) await raw.mouse.down();
      for (const { x, y } of rest) await raw.mouse.move(x, y);
      if (times) await raw.mouse.up();
    },
    async touch([first, ...rest]) {
      await raw.touchscreen.touchStart(first.x, first.y);
      for (const { x, y } of rest) await raw.touchscreen.touchMove(x, y);
      await raw.touchscreen.touchEnd();
    },
    async wheel(turns) {
      await raw.mouse.wheel({ deltaY: turns * 50 });
    },
    /** The frame whose element `find` gives in the page. */
    frame: async (find, ...args) => (await raw.evaluateHandle(find, ...args)).contentFrame(),
    reload: () => raw.reload({ waitUntil: 'load' }),
    resize: (newWidth, newHeight) => setViewport(raw, { width: newWidth, height: newHeight, deviceScaleFactor: dpr }),
    /** Elements with this role and name in the accessibility tree; how many of them the selector finds too. */
    async accessible(role, name, selector) {
      const found = await raw.$$(`aria/${name}[role="${role}"]`);
      const matches = await Promise.all(found.map((element) => element.evaluate((node, css) => node.matches(css), selector)));
      return matches.filter(Boolean).length;
    },
  };
}

/** Firefox 140 does not know the screen's orientation, which puppeteer sets together with the size; the size is then set. */
async function setViewport(page, viewport) {
  await page.setViewport(viewport).catch((error) => {
    if (!/setScreenOrientationOverride/.test(error.message)) throw error;
  });
}

function watch(page, origin, problems, requests) {
  page.on('console', (message) => {
    if (message.type() === 'error') {
      const { url = '', lineNumber = 0 } = message.location() ?? {};
      problems.push(`console.error: ${message.text()} (${url}:${lineNumber})`);
    }
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error?.stack ?? error?.message ?? error}`));
  page.on('error', (error) => problems.push(`crash: ${error}`));
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()} (${request.failure()?.errorText})`));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    requests.push(url.href);
    if (url.protocol.startsWith('http') && url.origin !== origin) problems.push(`third party: ${url.href}`);
  });
}
