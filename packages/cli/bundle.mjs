// Bundles the command line into few files that load only what a command needs: dockerode brings grpc, protobufjs, tar
// and ssh2 along, which no call of netctl uses and which cost most of its start-up time.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${here}package.json`, 'utf8'));
const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|ssh2|@balena\/dockerignore)$/;

await rm(`${here}dist/bundle`, { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  absWorkingDir: here,
  entryPoints: [`${here}src/netctl.ts`],
  outdir: `${here}dist/bundle`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  define: { NETCTL_VERSION: JSON.stringify(version) },
  // CommonJS modules in an ES module bundle find `require` here.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [
    {
      name: 'leave-out',
      setup(build) {
        build.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'leave-out' }));
        build.onLoad({ filter: /.*/, namespace: 'leave-out' }, () => ({ contents: 'module.exports = {};' }));
      },
    },
  ],
});

// The licences of what went into the bundle ask to be passed on with it.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const notices = await Promise.all(
  [...packages].sort().map(async (path) => {
    const folder = join(here, path);
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }),
);
await writeFile(join(here, 'dist/bundle/THIRD-PARTY-LICENSES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
