// What of the page that `netctl graph` writes runs in a browser: it is written into the command that makes the page.
import { build } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;

/** The script and the style of the page, as texts. */
export async function pageParts() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: { script: `${here}page/page.ts`, style: `${here}page/page.css` },
    outdir: `${here}dist/page`,
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    minify: true,
    charset: 'utf8',
  });
  const part = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  return { script: part('.js'), style: part('.css') };
}
