// What the bundles of the command line and of the library have in common.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

const here = import.meta.dirname;
const root = resolve(here, '../..');

/**
 * dockerode brings grpc, protobufjs, tar and ssh2 along, which no call of netctl uses: they cost most of its time to load,
 * and two of them run a compiler or a script when they are installed.
 */
const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|ssh2|@balena\/dockerignore)$/;

/** Options of esbuild for a bundle that runs on the oldest Node that is supported. */
export const bundling = {
  bundle: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  // Our own packages from their TypeScript, so that the packages below them are seen, and what is unused left out.
  conditions: ['@netctl/source'],
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
};

/**
 * The packages of others that went into a bundle, by their place in package-lock.json, and what each says of itself; and what
 * those hold that is no package.
 */
export async function bundledPackages({ inputs }, workingFolder) {
  const places = new Set(
    Object.keys(inputs).flatMap((path) => {
      const fromRoot = relative(root, resolve(workingFolder, path));
      return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(fromRoot)?.[1] ?? [];
    }),
  );
  const packages = await Promise.all(
    [...places].map(async (place) => {
      const { name, version, license } = JSON.parse(await readFile(join(root, place, 'package.json'), 'utf8'));
      return [`${name} ${version}`, { place, name, version, license }];
    }),
  );
  // One version may lie in two places.
  const once = [...new Map(packages).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, its]) => its);
  return (await Promise.all(once.map(async (its) => [its, ...(await heldBy(its))]))).flat();
}

/** Texts of packages that come without one, and of what those hold that is somebody else's: in the folder licences. */
const texts = {
  '@viz-js/viz': 'viz-js.txt',
  graphviz: 'graphviz.txt',
  expat: 'expat.txt',
  'split-ca': 'split-ca.txt',
};

/** What a package is built with, which no lock file knows: the sources that its builder wrote down, with their hashes. */
async function heldBy({ place, name }) {
  if (name !== '@viz-js/viz') return [];
  const { predicate } = JSON.parse(await readFile(join(root, place, 'lib/provenance.json'), 'utf8'));
  const licences = { graphviz: 'EPL-2.0', expat: 'MIT' };
  return Object.entries(licences).map(([held, license]) => {
    const archive = new RegExp(`/${held}-([\\d.]+)\\.tar\\.gz$`);
    const source = predicate.buildDefinition.resolvedDependencies.find(({ uri }) => archive.test(uri));
    if (source === undefined) throw new Error(`${name} does not say which ${held} it holds`);
    return {
      name: held,
      version: archive.exec(source.uri)[1],
      license,
      source: source.uri,
      sha256: source.digest.sha256,
    };
  });
}

/** The licences of what went into a bundle ask to be passed on with it. */
export async function licenceTexts(packages) {
  const notices = await Promise.all(
    packages.map(async ({ place, name, version, license }) => {
      const file = texts[name] === undefined ? await licenceFile(place) : join(here, 'licences', texts[name]);
      if (file === undefined)
        throw new Error(`${name} ${version} comes without a licence text: put one into scripts/lib/licences`);
      return `${name} ${version} (${license})\n\n${(await readFile(file, 'utf8')).trim()}\n`;
    }),
  );
  return notices.join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceFile(place) {
  const name = (await readdir(join(root, place))).find((entry) => /^licen[cs]e/i.test(entry));
  return name === undefined ? undefined : join(root, place, name);
}
