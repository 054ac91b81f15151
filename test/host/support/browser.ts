import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { pageParts } from '../../../packages/cli/page-parts.mjs';
import type { Topology } from '../../../packages/core/src/graph/topology.js';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

/** Chromium of the machine, or as scripts/browser fetched it; undefined where there is none. */
export const browserProgram = [join(cache, 'netctl/browser/unpacked/chromium'), '/usr/bin/chromium'].find(existsSync);

/** A page in the browser, and what came of it that should not. */
export interface OpenPage {
  readonly page: Page;
  /** Every request but that for the page itself. */
  readonly requests: readonly string[];
  /** What the page says to the console, and what it throws. */
  readonly said: readonly string[];
}

/** A browser of this test's own; all of it is gone when it is disposed of. */
export interface Browser extends AsyncDisposable {
  open(html: string): Promise<OpenPage>;
}

export async function startBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-browser-'));
  let context: BrowserContext;
  try {
    context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...(browserProgram === undefined ? {} : { executablePath: browserProgram }),
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  let pages = 0;
  return {
    open: async (html) => {
      pages += 1;
      const file = join(folder, `${String(pages)}.html`);
      await writeFile(file, html);
      const address = pathToFileURL(file).href;
      const page = await context.newPage();
      const requests: string[] = [];
      const said: string[] = [];
      page.on('request', (request) => {
        if (request.url() !== address) requests.push(request.url());
      });
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      await page.goto(address);
      return { page, requests, said };
    },
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The page of a topology, with its script and style as the build makes them. */
export async function pageOf(topology: Topology): Promise<string> {
  const { script, style } = await pageParts();
  Object.assign(globalThis, { NETCTL_GRAPH_SCRIPT: script, NETCTL_GRAPH_STYLE: style });
  const { draw } = await import('../../../packages/cli/src/graph/draw.js');
  return draw(topology, 'html');
}
