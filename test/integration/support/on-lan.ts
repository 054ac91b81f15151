import { type Host, type Lan, startHost } from '@netctl/lab';
import { testEngine } from './engine.js';

/** A host at an address of 192.168.1.0/24, where the router is 192.168.1.1. */
export async function startOnLan(lan: Lan, name: string, address: string, link = 'eth0'): Promise<Host> {
  const card = { name: link, lan, addresses: [`${address}/24`], gateway: '192.168.1.1' };
  return startHost({ name, interfaces: [card], engine: testEngine() });
}
