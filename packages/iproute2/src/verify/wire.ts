import type { Listening, Unheard, WireQuestion } from '@netctl/core';
import { keepRunning } from '../keep.js';
import type { Ended } from '../keep.js';
import type { ProbePlace } from './prober.js';

/** Far more packets than the socket keeps, so that at the end all of them are counted; and not without an end. */
const AT_ONCE = 4096;

/*
 * A packet socket hears what comes in on every link of the host before IPsec has it (packet(7)). A filter of the kernel lets
 * through no more than ESP and UDP of the one length, so that a busy wire does not drown what is counted (BPF, as in
 * Documentation/networking/filter.rst: the code, where to go when true and when false, and the value). With protocol 0 the
 * socket hears nothing until the filter is there and it is bound (struct sockaddr_ll, of any link).
 *
 * Nobody writes to its standard input, so what can be read there is the end; it is looked for however many packets wait.
 * The alarm is for a pipe that stays open.
 */
const LISTEN = `use Socket;
my ($seconds, $length, @sources) = @ARGV;
alarm $seconds;
my %sources = map { inet_aton($_) => 1 } @sources;
my $filter = join '', map { pack 'SCCL', @$_ } (
  [0x30, 0, 0, 9], [0x15, 3, 0, 50], [0x15, 0, 3, 17], [0x28, 0, 0, 2], [0x15, 0, 1, $length], [6, 0, 0, 64], [6, 0, 0, 0],
);
socket(my $s, 17, SOCK_DGRAM, 0) or die "socket: $!\\n";
setsockopt($s, SOL_SOCKET, 26, pack('Sx![L!]P', 7, $filter)) or die "filter: $!\\n";
bind($s, pack('SnlSCCa8', 17, 0x0800, 0, 0, 0, 0, '')) or die "bind: $!\\n";
$| = 1;
print "ready\\n";
my ($esp, $clear, $ended) = (0, 0, 0);
until ($ended) {
  my $r = '';
  vec($r, $_, 1) = 1 for 0, fileno($s);
  select($r, undef, undef, undef) > 0 or next;
  $ended = vec($r, 0, 1);
  for (1 .. ${AT_ONCE}) {
    defined recv($s, my $packet, 64, MSG_DONTWAIT) or last;
    my ($size, $protocol, $source) = unpack('x2 n x5 C x2 a4', $packet);
    next unless $sources{$source};
    if ($protocol == 50) { $esp++ } elsif ($protocol == 17 && $size == $length) { $clear++ }
  }
}
print "$esp $clear\\n";`;

/** Hears packets until it is asked for the count, in a process that ends with this one. */
export async function listen(
  { place, timeout }: ProbePlace,
  { sources, clearLength }: WireQuestion,
  signal: AbortSignal | undefined,
): Promise<Listening> {
  const v4 = sources.filter((address) => !address.includes(':'));
  if (v4.length === 0) return deaf('only IPv4 is heard, and the other host has no address of it');
  const numbers = [Math.ceil(timeout / 1000), clearLength].map(String);
  const kept = await keepRunning(place.argv(['perl', '-e', LISTEN, '--', ...numbers, ...v4]), timeout, signal);
  if (kept.line !== 'ready') return deaf(whyNot(await kept.end(), place.where));
  return {
    count: async () => {
      const ended = await kept.end();
      const [, esp, clear] = /^(\d+) (\d+)$/m.exec(ended.stdout) ?? [];
      return esp === undefined ? { why: whyNot(ended, place.where) } : { esp: Number(esp), clear: Number(clear) };
    },
    [Symbol.asyncDispose]: async () => {
      await kept.end();
    },
  };
}

/** Nobody listens. */
function deaf(why: string): Listening {
  const count = async (): Promise<Unheard> => Promise.resolve({ why });
  return { count, [Symbol.asyncDispose]: async () => Promise.resolve() };
}

function whyNot({ code, exitCode, stderr, timedOut }: Ended, where: string): string {
  // 127 is what a remote shell ends with when it finds no such program.
  if (code === 'ENOENT' || exitCode === 127) return `there is no Perl on ${where}`;
  if (timedOut) return `it took too long on ${where}`;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return `Perl could not on ${where}${said === '' ? '' : `: ${said}`}`;
}
