import type { KernelKind } from '../links.js';

/** What a message calls it, what follows when it is not there, and the modules that bring it. */
export const KERNEL_KINDS: Readonly<Record<KernelKind, { readonly lacks: string; readonly modules: string }>> = {
  macvlan: { lacks: 'no macvlan links', modules: 'macvlan' },
  ipvlan: { lacks: 'no ipvlan links', modules: 'ipvlan' },
  vlan: { lacks: 'no vlan links', modules: '8021q' },
  vxlan: { lacks: 'no vxlan links', modules: 'vxlan' },
  dummy: { lacks: 'no dummy links', modules: 'dummy' },
  esp: {
    lacks: 'no ESP with AES-GCM, without which the containers of an encrypted overlay reach nobody on other hosts',
    modules: 'esp4 xfrm_user gcm seqiv',
  },
};
