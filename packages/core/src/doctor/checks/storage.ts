import type { StoreFacts } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import type { Finding } from '../finding.js';
import { shellWord } from '../shell-word.js';
import type { Check } from './check.js';

/** The magic of bbolt's meta pages, and its version (go.etcd.io/bbolt, db.go). */
const GOOD_META = 'ed0cdaed 00000002';

/** bbolt writes whole pages and grows its file by doubling; a small one has 64 kB. */
const LEAST_BYTES = 1024 * 1024;

/** Docker keeps what its local networks are in one file, and without it has none but its own three. */
export const storage: Check = ({ host }) => {
  if (!('seen' in host)) return [notLooked('storage', host.why, host.cure === undefined ? [] : [host.cure])];
  const { store } = host.seen;
  if (!('seen' in store)) return [notLooked('storage', store.why, store.cure === undefined ? [] : [store.cure])];
  const found = [...damaged(store.seen), ...full(store.seen), ...readOnly(store.seen)];
  if (found.length > 0) return found;
  const { path, metas } = store.seen;
  if (metas === undefined) return [notLooked('storage', `${path} is not there, or may not be read by this user`, [])];
  return [inOrder('storage', path)];
};

/** Either page serves: the database is lost when neither is what it should be. */
function damaged({ path, metas }: StoreFacts): readonly Finding[] {
  if (metas === undefined || metas.includes(GOOD_META)) return [];
  return [
    finding('STORE_DAMAGED', {
      evidence: [
        `${path} begins with ${metas.map((meta) => meta || 'nothing').join(' and ')}, and not with ${GOOD_META}`,
      ],
      cause: 'The machine lost power or room while it was written, and the engine does not start or has no networks.',
      cure: [
        'systemctl stop docker',
        `mv ${shellWord(path)} ${shellWord(`${path}.damaged`)}`,
        'systemctl start docker',
        'netctl apply   # makes the networks of its spec again; those of Compose come with docker compose up',
      ],
    }),
  ];
}

function full({ path, freeBytes = Infinity, freeInodes = Infinity }: StoreFacts): readonly Finding[] {
  // Some file systems (btrfs) count no inodes and say 0.
  const noInodes = freeInodes === 0 && freeBytes < LEAST_BYTES * 64;
  if (freeBytes >= LEAST_BYTES && !noInodes) return [];
  return [
    finding('STORE_FULL', {
      evidence: [`the file system of ${path} has ${freeBytes} bytes and ${freeInodes} inodes left`],
      cause: 'A network that is made now is lost with the engine, or is refused ("no space left on device").',
      cure: [
        'docker system df',
        'docker image prune   # or docker builder prune; never docker system prune, which removes networks',
      ],
    }),
  ];
}

function readOnly({ path, readOnly: is }: StoreFacts): readonly Finding[] {
  if (!is) return [];
  return [
    finding('STORE_READ_ONLY', {
      evidence: [`${path} is on a file system that is mounted read-only`],
      cause: 'The kernel mounts a file system read-only after an error of its disk, and no network can be made then.',
      cure: [
        'dmesg --level err,warn   # what happened to the disk',
        `mount -o remount,rw "$(stat -c %m ${shellWord(path)})"   # once it is sound`,
      ],
    }),
  ];
}
