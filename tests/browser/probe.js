// Runs before the page's own scripts, in browsers whose drivers report no problems; see webdriver.mjs.

globalThis.probe = { problems: [] };

(() => {
  const report = (text) => globalThis.probe.problems.push(text);
  const original = console.error;
  console.error = (...words) => {
    report(`console.error: ${words.join(' ')}`);
    original.apply(console, words);
  };
  addEventListener('error', (event) => {
    const { target } = event;
    report(target instanceof Element ? `failed: ${target.href ?? target.src}` : `exception: ${event.message}`);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => report(`exception: ${reason} ${reason?.stack ?? ''}`));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
    report(`policy violation: ${violatedDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`);
  });
})();
