// A bill of materials in CycloneDX of what is really in a bundle. `npm sbom` would list what is installed, which is either
// nothing of it, since all is bundled, or every tool of this repository.
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The text of the bill for the package in `folder`: the same whenever it is made from the same lock file. */
export async function billOfMaterials(packages, folder) {
  const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { packages: locked } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const components = packages.map((component) => describe(component, locked[component.place]?.integrity));
  const subject = describe(own);
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: { ...subject, type: 'application' } },
    components,
    dependencies: [
      { ref: subject['bom-ref'], dependsOn: components.map((component) => component['bom-ref']) },
      ...components.map((component) => ({ ref: component['bom-ref'] })),
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/**
 * A package by its package URL, and the hash by which npm checked its tarball when it was installed; or what is no package of npm,
 * by its source archive.
 */
function describe({ name, version, license, source, sha256 }, integrity) {
  const purl =
    source === undefined
      ? `pkg:npm/${name.replace('@', '%40')}@${version}`
      : `pkg:generic/${name}@${version}?download_url=${encodeURIComponent(source)}`;
  const hashes = [
    ...(integrity === undefined ? [] : [{ alg: 'SHA-512', content: hex(integrity) }]),
    ...(sha256 === undefined ? [] : [{ alg: 'SHA-256', content: sha256 }]),
  ];
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: [/ (AND|OR|WITH) /.test(license) ? { expression: license } : { license: { id: license } }],
    ...(hashes.length === 0 ? {} : { hashes }),
    ...(source === undefined ? {} : { externalReferences: [{ type: 'source-distribution', url: source }] }),
  };
}

function hex(integrity) {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity);
  return Buffer.from(base64, 'base64').toString('hex');
}
