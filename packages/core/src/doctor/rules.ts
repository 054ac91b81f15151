/** What `iptables-save` says of the chain by which packets are forwarded, and of Docker's chains. */
export interface ForwardChain {
  /** `ACCEPT` or `DROP`; undefined where there is no table yet. */
  readonly policy?: string;
  /** Chains that it jumps to, in order. */
  readonly jumps: readonly string[];
  /** Names of the chains of the table. */
  readonly chains: readonly string[];
}

export function forwardChain(saved: string): ForwardChain {
  const filter = /^\*filter$([^]*?)^COMMIT$/m.exec(saved)?.[1] ?? '';
  const policy = /^:FORWARD (\w+)/m.exec(filter)?.[1];
  return {
    ...(policy === undefined ? {} : { policy }),
    jumps: [...filter.matchAll(/^-A FORWARD (?:.* )?-j (\S+)/gm)].map(([, chain = '']) => chain),
    chains: [...filter.matchAll(/^:(\S+) /gm)].map(([, chain = '']) => chain),
  };
}

/** The engine's own chains: DOCKER on all, DOCKER-FORWARD from 28 on. */
export function hasDocker({ chains }: ForwardChain): boolean {
  return chains.includes('DOCKER');
}

export function jumpsToDocker({ jumps }: ForwardChain): boolean {
  return jumps.some((chain) => /^DOCKER-(FORWARD|ISOLATION-STAGE-1)$/.test(chain));
}
