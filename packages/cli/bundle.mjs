// Bundles the command line into two files: one that starts, and one with all the rest, of which a command evaluates only
// what it needs. Both are CommonJS: V8 keeps compiled code of scripts, and on Node.js 20 not of ES modules.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { build } from 'esbuild';

import { bundledPackages, bundling, licenceTexts } from '../../scripts/lib/bundling.mjs';
import { billOfMaterials } from '../../scripts/lib/sbom.mjs';
import { pageParts } from './page-parts.mjs';

const here = import.meta.dirname;
const bundle = join(here, 'dist/bundle');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
const common = { ...bundling, banner: {}, absWorkingDir: here, outdir: bundle, format: 'cjs' };

await rm(bundle, { recursive: true, force: true });
const page = await pageParts();
const { metafile } = await build({
  ...common,
  entryPoints: [join(here, 'src/start.ts')],
  // The code cache goes by the name, which therefore changes with what is in the file.
  entryNames: '[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  // A script that vm runs has no import() of its own.
  supported: { 'dynamic-import': false },
  define: {
    NETCTL_VERSION: JSON.stringify(version),
    NETCTL_GRAPH_SCRIPT: JSON.stringify(page.script),
    NETCTL_GRAPH_STYLE: JSON.stringify(page.style),
    // They lie in the package, beside the bundle.
    NETCTL_SHIPPED: 'undefined',
  },
  plugins: [
    {
      name: 'graphviz-apart',
      setup(build) {
        build.onResolve({ filter: /^@viz-js\/viz$/ }, () => ({ path: './graphviz.cjs', external: true }));
      },
    },
    ...common.plugins,
  ],
});
// Larger than all the rest, and for one command alone.
const graphviz = await build({
  ...common,
  entryPoints: { graphviz: '@viz-js/viz' },
  outExtension: { '.js': '.cjs' },
  // It comes as text whose letters are bytes, and escapes would make a third more of it.
  charset: 'utf8',
});
const [script] = Object.keys(metafile.outputs);
// It is read byte by byte, as letters of Latin-1. esbuild writes escapes in texts, and leaves regular expressions as they are.
const escaped = (await readFile(join(here, script), 'utf8')).replace(
  /[^\0-\x7f]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
await writeFile(join(here, script), escaped);
await build({
  ...common,
  entryPoints: [join(here, 'src/netctl.ts')],
  // What any Node.js can read, also one that is too old, as far as it comes to it.
  target: 'es2018',
  supported: { 'dynamic-import': false },
  define: { NETCTL_VERSION: JSON.stringify(version), NETCTL_SCRIPT: JSON.stringify(basename(script)) },
});
// The package around it is one of ES modules.
await writeFile(join(bundle, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);

const packages = await bundledPackages({ inputs: { ...metafile.inputs, ...graphviz.metafile.inputs } }, here);
await writeFile(join(bundle, 'THIRD-PARTY-LICENSES.txt'), await licenceTexts(packages));
await writeFile(join(bundle, 'sbom.cdx.json'), await billOfMaterials(packages, here));
