/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { topologyOf } from '../../packages/core/src/graph/build.js';
import { formatMermaid } from '../../packages/core/src/graph/mermaid.js';
import { parseSpec } from '../../packages/core/src/spec/load.js';
import { homeTopology } from '../support/graph/home.js';
import { HOSTILE, hostileTopology } from '../support/graph/hostile.js';
import { largeSpec } from '../support/graph/large.js';
import { type Browser, browserProgram, type OpenPage, pageOf, startBrowser } from './support/browser.js';

/* The page of `netctl graph` in a real browser. Without one (scripts/browser) there is nothing that could show any of it. */
describe.skipIf(browserProgram === undefined)('the page in Chromium', () => {
  let browser: Browser;
  let home: string;
  beforeAll(async () => {
    browser = await startBrowser();
    home = await pageOf(await homeTopology());
  });
  afterAll(async () => browser[Symbol.asyncDispose]());

  let open: OpenPage;
  let page: Page;
  const show = async (html: string): Promise<void> => {
    open = await browser.open(html);
    page = open.page;
  };
  beforeEach(async () => show(home));
  afterEach(async () => {
    // Whatever was done with it, it asked nobody for anything, and nothing went wrong in it.
    expect(open).toMatchObject({ requests: [], said: [] });
    await page.close();
  });

  const details = (): Promise<string> => page.locator('#details').innerText();
  const chosen = (): Promise<readonly (string | null)[]> =>
    page.locator('#drawing .chosen').evaluateAll((parts) => parts.map((part) => part.getAttribute('data-item')));
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-item') ?? document.activeElement?.id);
  const inFrame = async (item: string): Promise<boolean> =>
    page.evaluate((id) => {
      const [frame, part] = ['#drawing', `#drawing [data-item="${id}"]`].map((one) =>
        document.querySelector(one)?.getBoundingClientRect(),
      );
      return (
        frame !== undefined &&
        part !== undefined &&
        part.left >= frame.left &&
        part.right <= frame.right &&
        part.top >= frame.top &&
        part.bottom <= frame.bottom
      );
    }, item);

  test('a click shows what is told of an item, and a close takes it away', async () => {
    await page.locator('#drawing [data-item="h1_n4"]').click();
    expect(await chosen()).toEqual(['h1_n4']);
    const said = await details();
    for (const words of ['media', '~ drifted', 'subnet 10.88.0.0/24 → 10.21.0.0/24', 'bridge'])
      expect(said).toContain(words);
    await page.getByRole('button', { name: 'Close details' }).click();
    expect(await page.locator('#details').isVisible()).toBe(false);
    expect(await chosen()).toEqual([]);
  });

  test('a container shows its other networks, what was proved, and leads there', async () => {
    await page.locator('#drawing [data-item="h1_n3_c2"]').first().click();
    expect(await details()).toMatch(/traefik[\s\S]*✓ proved traefik reaches nothing of lan[\s\S]*on app/);
    expect(await page.locator('#drawing .same').count()).toBe(4);
    await page.getByRole('button', { name: 'on app' }).click();
    expect(await details()).toContain('10.30.0.5');
    expect(new Set(await chosen())).toEqual(new Set(['s_n1_c1']));
  });

  test('a search counts what it finds, by name first, and goes round', async () => {
    const found = page.locator('#found');
    await page.fill('#query', 'traefik');
    expect(await found.innerText()).toBe('3 found');
    const seen: string[] = [];
    for (let at = 1; at <= 4; at += 1) {
      await page.keyboard.press('Enter');
      expect(await found.innerText()).toBe(`${String(((at - 1) % 3) + 1)} of 3`);
      seen.push(await page.evaluate(() => location.hash));
    }
    expect(seen).toEqual(['#h1_n3_c2', '#s_n1_c1', '#h1_n3', '#h1_n3_c2']);
    await page.keyboard.press('Shift+Enter');
    expect(await found.innerText()).toBe('3 of 3');
    await page.fill('#query', '192.168.30');
    expect(await found.innerText()).toBe('3 found');
    await page.fill('#query', 'no such thing');
    expect(await found.innerText()).toBe('0 found');
    expect(await page.locator('#next').isDisabled()).toBe(true);
  });

  test('all of it can be done with the keyboard', async () => {
    await page.keyboard.press('/');
    expect(await focused()).toBe('query');
    await page.keyboard.type('media');
    await page.keyboard.press('Enter');
    expect(await details()).toContain('drifted');
    // One for the details, one for the search.
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    expect(await page.inputValue('#query')).toBe('');

    await page.locator('#as-list').focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('h1_n4');
    const way: (string | null | undefined)[] = [];
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowDown', 'End', 'Home', 'ArrowLeft', 'ArrowDown']) {
      await page.keyboard.press(key);
      way.push(await focused());
    }
    expect(way).toEqual(['h1', 'h1_l1', 'h1_l2', 'h1_n5', 'h1_l1', 'h1', 'h2']);
    await page.keyboard.press('Enter');
    expect(await details()).toContain('node02');
    // It can be seen where one is.
    const stroke = await page
      .locator('[data-item="h2"] > path')
      .first()
      .evaluate((path) => getComputedStyle(path).strokeWidth);
    expect(Number.parseFloat(stroke)).toBeGreaterThan(2);
    await page.keyboard.press('Tab');
    expect(await focused()).not.toBe('h2');
  });

  test('every item has a role and a name, and the drawing is one stop of the Tab key', async () => {
    const items = await page.locator('#drawing .item[role]').evaluateAll((parts) =>
      parts.map((part) => ({
        role: part.getAttribute('role'),
        name: part.getAttribute('aria-label'),
        tab: part.getAttribute('tabindex'),
        holds: part.querySelector('[data-item]') !== null,
      })),
    );
    expect(items).toHaveLength(26);
    expect(items.filter(({ name }) => (name ?? '') === '')).toEqual([]);
    // In a button nothing else would be told.
    expect(items.filter(({ role, holds }) => role !== (holds ? 'group' : 'button'))).toEqual([]);
    expect(items.some(({ holds }) => holds)).toBe(true);
    expect(items.filter(({ tab }) => tab === '0')).toHaveLength(1);
    await expect(page.getByRole('button', { name: /^media: bridge.*drifted/ }).count()).resolves.toBe(1);
    expect(await page.locator('#found').getAttribute('aria-live')).toBe('polite');
  });

  test('the legend counts, and shows one state alone', async () => {
    const drifted = page.getByRole('button', { name: 'drifted 1' });
    await drifted.click();
    expect(await drifted.getAttribute('aria-pressed')).toBe('true');
    const opacity = (id: string): Promise<string> =>
      page
        .locator(`#drawing [data-item="${id}"] > text`)
        .first()
        .evaluate((text) => getComputedStyle(text).opacity);
    expect([await opacity('h1_n4'), await opacity('h1_n1')]).toEqual(['1', '0.35']);
    await drifted.click();
    expect(await opacity('h1_n1')).toBe('1');
  });

  test('it follows light and dark, in the page and in the drawing', async () => {
    const colors = (): Promise<readonly string[]> =>
      page.evaluate(() => {
        const text = document.querySelector('[data-item="h1_n1"] > text');
        return [getComputedStyle(document.body).backgroundColor, text === null ? '' : getComputedStyle(text).fill];
      });
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await colors();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await colors();
    expect(light).toEqual(['rgb(246, 248, 250)', 'rgb(22, 32, 44)']);
    expect(dark).toEqual(['rgb(13, 17, 23)', 'rgb(232, 237, 243)']);
    // Paper is light.
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect((await colors())[1]).toBe(light[1]);
  });

  test('on paper there is the whole drawing on one sheet, then everything in words, and nothing to press', async () => {
    await page.keyboard.press('+');
    await page.emulateMedia({ media: 'print' });
    for (const id of ['#search', '.tools', '.keys']) expect(await page.locator(id).isVisible()).toBe(false);
    const svg = await page.locator('#drawing svg').boundingBox();
    expect(svg?.width).toBeLessThanOrEqual(1280);
    expect(await page.locator('#list tr[data-item]').count()).toBe(24);
    expect(await page.locator('#list').isVisible()).toBe(true);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(4);
  });

  test('on a small screen the details are above the drawing, and scroll', async () => {
    await page.setViewportSize({ width: 400, height: 500 });
    await page.locator('#drawing [data-item="h1_n4"]').click();
    const panel = await page.locator('#details').boundingBox();
    const footer = await page.locator('footer').boundingBox();
    const [x, y] = [(panel?.x ?? 0) + (panel?.width ?? 0) / 2, (panel?.y ?? 0) + (panel?.height ?? 0) / 2];
    const onTop = ([left, top]: readonly number[]): boolean =>
      document.elementFromPoint(left ?? 0, top ?? 0)?.closest('#details') !== null;
    expect(await page.evaluate(onTop, [x, y])).toBe(true);
    expect(panel?.height).toBeGreaterThan(80);
    expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThanOrEqual(footer?.y ?? 0);
    expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeLessThanOrEqual(400);
  });

  test('the list is the same in words, and leads to the details', async () => {
    await page.getByRole('button', { name: 'List' }).click();
    await page.getByRole('button', { name: 'camera-yard' }).click();
    expect(await details()).toContain('there is no such container yet');
  });

  test('it can be made larger and moved, and shown whole again', async () => {
    const width = async (): Promise<number> => (await page.locator('#drawing svg').boundingBox())?.width ?? 0;
    const before = await width();
    for (let press = 0; press < 3; press += 1) await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await width()).toBeGreaterThan(before * 1.2);
    const left = async (): Promise<number> => (await page.locator('#drawing svg').boundingBox())?.x ?? 0;
    const at = await left();
    await page.mouse.move(400, 400);
    await page.mouse.down();
    await page.mouse.move(340, 400, { steps: 3 });
    await page.mouse.up();
    expect(await left()).toBeLessThan(at);
    await page.mouse.wheel(0, -300);
    expect(await width()).toBeGreaterThan(before * 1.2);
    await page.getByRole('button', { name: 'Fit' }).click();
    expect(await width()).toBeCloseTo(before, 0);
  });

  test('without a script all of it is there to be read', async () => {
    await page.close();
    await show(home.replace(/<script>[\s\S]*<\/script>/, ''));
    expect(await page.locator('#drawing svg').isVisible()).toBe(true);
    expect(await page.locator('#list').isVisible()).toBe(true);
    expect(await page.locator('#search').isVisible()).toBe(false);
  });

  test('five hosts with forty networks and two hundred containers each: each can be found and read', async () => {
    await page.close();
    await show(await pageOf(topologyOf(parseSpec({ bytes: largeSpec(5, 40, 200), file: 'large.yaml', env: {} }))));
    expect(await page.locator('.title p').innerText()).toBe('5 hosts · 200 networks · 1000 containers');
    for (const id of ['h1', 'h5', 'h5_n40']) expect(await inFrame(id)).toBe(true);
    await page.fill('#query', 'node04-service-123');
    await page.keyboard.press('Enter');
    const [id = ''] = await chosen();
    expect(await inFrame(id ?? '')).toBe(true);
    const height = await page
      .locator(`#drawing [data-item="${id ?? ''}"] text`)
      .first()
      .evaluate((text) => text.getBoundingClientRect().height);
    expect(height).toBeGreaterThan(7);
    expect(await details()).toContain('10.4.2.13');
  });

  test('names of any kind are words, wherever they are shown', async () => {
    await page.close();
    await show(await pageOf(hostileTopology()));
    expect(await page.title()).toBe('</script><script>document.title="owned"</script> – netctl graph');
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img').count()).toBe(0);
    for (const [at, name] of HOSTILE.entries()) {
      await page.evaluate(
        (id) =>
          document
            .querySelector(`#drawing [data-item="${id}"]`)
            ?.dispatchEvent(new MouseEvent('click', { bubbles: true })),
        `h1_n${String(at + 1)}`,
      );
      // A lone half of a character is none that a text can be compared by.
      const [shown, wanted] = [await page.locator('#details h2').textContent(), name].map((text) =>
        Buffer.from(text ?? '').toString(),
      );
      expect(shown).toBe(wanted);
    }
  });

  test('Mermaid takes every flowchart for one, and draws the names as they are', async () => {
    const mermaid = createRequire(import.meta.url).resolve('@mermaid-js/tiny');
    await page.close();
    await show('<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="here"></div>');
    await page.addScriptTag({ content: await readFile(mermaid, 'utf8') });
    const draw = (text: string): Promise<string> =>
      page.evaluate(async (flowchart) => {
        const { mermaid: program } = globalThis as unknown as {
          mermaid: { initialize(options: object): void; render(id: string, text: string): Promise<{ svg: string }> };
        };
        program.initialize({ startOnLoad: false, securityLevel: 'strict' });
        const here = document.getElementById('here') ?? document.body;
        here.innerHTML = (await program.render('drawn', flowchart)).svg;
        return here.innerText;
      }, text);
    const words = await draw(formatMermaid(await homeTopology()));
    for (const name of [
      'node01',
      'eth0-v30',
      'lan-shim',
      'traefik',
      '192.168.30.21',
      'subnet 10.88.0.0/24 → 10.21.0.0/24',
    ]) {
      expect(words).toContain(name);
    }
    const hostile = await draw(formatMermaid(hostileTopology(HOSTILE.filter((name) => name !== ''))));
    for (const name of [
      '</script><script>document.title="owned"</script>',
      '"]; evil -> "x',
      '&amp; &#60; &bogus;',
      '--> <!-- ]]>',
      '#35; `code` **bold** style x:#1;',
      'end; subgraph x["y"]:::z %% comment',
      '数据库',
    ]) {
      expect(hostile).toContain(name);
    }
    expect(await page.locator('#here img').count()).toBe(0);
  });
});
