// Browsers by their launch settings, each started once and shared by the tests of a file.

const TRIES = 2;

/** Keeps what `start(key, …)` gave for each key. A browser that does not start is started again: that is no test's failure. */
export function browsersBy(start) {
  const browsers = new Map();
  return {
    get(key, ...settings) {
      if (!browsers.has(key)) browsers.set(key, started(() => start(...settings)));
      return browsers.get(key);
    },
    /** Waits for each to have stopped. */
    async stop(stop) {
      for (const browser of browsers.values()) await stop(await browser);
      browsers.clear();
    },
  };
}

async function started(start) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}
