import { openPage, waitForReady, screenshot } from './harness.mjs';
import { eventually, texts } from './page.mjs';
for (const [w,h,dark,hash] of [[1440,900,false,'#v=1&t=12:00&actions.rolling_restart.at=11:15'],[390,844,true,'#v=1&t=12:00&actions.rolling_restart.at=11:15'],[1280,720,false,'']]) {
  const page = await openPage('?mode=whatif'+hash, { width:w, height:h, dark });
  await waitForReady(page);
  await eventually('sure', () => texts(page, '.rank-sure'), (f) => f.length >= 6 && f.every((t) => t.endsWith(' over 5 seeds')), 60000);
  await page.evaluate(() => document.querySelector('#what-if').scrollIntoView({ behavior: 'instant' }));
  await screenshot(page, `zz-whatif-${w}`, {fullPage:false});
  await page.evaluate(() => document.querySelector('#what-if-ranking').scrollIntoView({ behavior: 'instant' }));
  await screenshot(page, `zz-rank-${w}`);
  await page.close();
}
process.exit(0);
