import { openPage, waitForReady, screenshot } from './harness.mjs';
import { eventually, texts, count } from './page.mjs';
for (const [w, h, draw] of [[1440, 900, 5], [390, 844, 0]]) {
  const page = await openPage(`?mode=drill#v=1&drill=${draw}`, { width: w, height: h });
  await waitForReady(page);
  const press = (t) => page.evaluate((t) => { const b = [...document.querySelectorAll('#drill button')].find((b) => b.innerText.trim().startsWith(t)); b?.click(); return !!b; }, t);
  await eventually('start', () => press('Practise'), Boolean, 30000);
  await eventually('end', () => press('End the drill'), Boolean, 30000);
  for (const s of ['I saw errors.', 'I took it for the network.']) {
    await eventually('field', () => count(page, '.drill-sentence'), (n) => n > 0, 30000);
    await page.evaluate((s) => { document.querySelector('.drill-sentence').value = s; }, s);
    await press('Keep sentence');
  }
  await eventually('fault', () => count(page, '.drill-fault .code'), (n) => n > 0, 60000);
  await page.evaluate(() => document.querySelector('.drill-fault').scrollIntoView({ behavior: 'instant' }));
  await screenshot(page, `zz-fault-${w}`);
  await page.close();
}
process.exit(0);
