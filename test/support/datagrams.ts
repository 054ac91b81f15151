import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Unix datagram socket, as a service manager listens at one; Node.js has none, and Perl is on every Debian. */
export interface Datagrams extends AsyncDisposable {
  /** What has come so far, one message each, its lines joined by a blank. */
  readonly messages: string[];
}

const RECEIVER = `
use strict; use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($s, sockaddr_un($ARGV[0])) or die $!;
print "listening\\n";
while (defined recv($s, my $text, 65536, 0)) { $text =~ s/\\n/ /g; print "$text\\n"; }
`;

export async function receiveDatagrams(path: string): Promise<Datagrams> {
  const child = spawn('perl', ['-e', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const messages: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error(`nobody listens at ${path}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'listening') resolve();
      else messages.push(line.trim());
    });
  });
  return {
    messages,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}
