// The console in a browser: it renders, asks, shows the docs, breaks no policy and asks no foreign address.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import puppeteer from 'puppeteer-core';

const PROGRAMS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Each check with whether it holds; a picture of the page is left at `picture`. */
export async function browser(origin, picture) {
  const executablePath = PROGRAMS.find((it) => it && existsSync(it));
  if (!executablePath) throw new Error('There is no Chromium: install the package chromium, or name the program in CHROMIUM.');
  // The page under test is our own; a root user's Chromium has no sandbox.
  const running = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], protocolTimeout: 120_000 });
  const page = await running.newPage();
  try {
    return await looked(page, origin, picture);
  } catch (cause) {
    await page.screenshot({ path: picture.replace('.png', '-failed.png') });
    throw cause;
  } finally {
    await running.close();
  }
}

async function looked(page, origin, picture) {
  const [foreign, said, checks] = [new Set(), [], []];
  const check = (name, holds, why = '') => checks.push({ name, holds: Boolean(holds), why });
  page.setDefaultTimeout(30_000);
  page.on('request', (it) => {
    if (new URL(it.url()).origin !== origin) foreign.add(it.url().slice(0, 100));
  });
  page.on('console', (it) => {
    if (['error', 'warn'].includes(it.type())) said.push(it.text());
  });
  page.on('pageerror', (it) => said.push(String(it)));
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(`${origin}/`);
  check('a browser is led to the console', page.url() === `${origin}/console`, page.url());
  await page.waitForSelector('.graphiql-query-editor .CodeMirror');
  check('it renders', true);
  const text = (selector) => page.$eval(selector, (it) => it.textContent);
  const editors = (wanted) => page.waitForFunction((it) => document.querySelector('.graphiql-query-editor').textContent.includes(it), {}, wanted);
  const answered = (wanted) => page.waitForFunction((it) => document.querySelector('.graphiql-response').textContent.includes(it), {}, wanted);

  await editors('Deputies');
  await page.click('.graphiql-execute-button');
  await answered('totalCount');
  check('a question is answered', !(await text('.graphiql-response')).includes('errors'), await text('.graphiql-response'));

  await page.click('button[aria-label="Show Documentation Explorer"]');
  await page.waitForSelector('.graphiql-doc-explorer-content a');
  const type = await page.evaluateHandle(() => [...document.querySelectorAll('.graphiql-doc-explorer-content a')].find((it) => it.textContent === 'Query'));
  await type.click();
  await page.waitForFunction(() => document.querySelector('.graphiql-doc-explorer-title')?.textContent === 'Query');
  check('the docs show a type', (await text('.graphiql-doc-explorer-content')).includes('cadres'));
  mkdirSync(join(picture, '..'), { recursive: true });
  await page.screenshot({ path: picture });

  await page.click('button[aria-label="Open settings dialog"]');
  await page.waitForSelector('.graphiql-dialog');
  await page.screenshot({ path: picture.replace('.png', '-settings.png') });
  await page.keyboard.press('Escape');
  check('a dialog opens', true);

  await page.select('select[aria-label="Role"]', 'summary');
  await editors('cadreSummary');
  await page.waitForFunction(() => document.querySelector('[aria-label="Variables"]')?.textContent.includes('city'));
  await page.click('.graphiql-execute-button');
  await answered('cells');
  check('another role asks its own question', !(await text('.graphiql-response')).includes('errors'), await text('.graphiql-response'));
  await page.screenshot({ path: picture.replace('.png', '-summary.png') });

  const kept = await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie].flat().filter(Boolean));
  check('nothing is kept on the disk', kept.length === 0, kept.join(' '));
  check('no foreign address is asked', foreign.size === 0, [...foreign].join(' '));
  const broken = said.filter((it) => /content security policy/i.test(it));
  check('the policy is kept', broken.length === 0, broken.join('\n'));
  const others = said.filter((it) => !broken.includes(it));
  check('nothing goes wrong', others.length === 0, others.join('\n'));
  return checks;
}
