// Bundles the command line into few files that load only what a command needs: dockerode brings grpc, protobufjs, tar
// and ssh2 along, which no call of netctl uses and which cost most of its start-up time.
import { readFile, rm } from 'node:fs/promises';

import { build } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${here}package.json`, 'utf8'));
const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|ssh2|@balena\/dockerignore)$/;

await rm(`${here}dist/bundle`, { recursive: true, force: true });
await build({
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
