// The calls of a replacement made bare: everybody off a network, the network removed and made again, everybody on it again.
//   node raw-replace.mjs SOCKET PLAN.json AT_ONCE
// The plan: { "name", "body", "containers": [{ "name", "config" }] }. Prints the longest time that a container was off.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [socketPath, file, atOnce] = process.argv.slice(2);
const { name, body, containers } = JSON.parse(readFileSync(file, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(atOnce) });

function call(method, path, content) {
  const json = content === undefined ? '' : JSON.stringify(content);
  const headers = json === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, agent, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        response.statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${text}`)),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(json);
  });
}

async function each(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, worker));
}

const off = new Map();
let longest = 0;
await each(containers, async (one) => {
  off.set(one, performance.now());
  await call('POST', `/networks/${name}/disconnect`, { Container: one.name, Force: false });
});
await call('DELETE', `/networks/${name}`);
await call('POST', '/networks/create', body);
await each(containers, async (one) => {
  await call('POST', `/networks/${name}/connect`, { Container: one.name, EndpointConfig: one.config });
  longest = Math.max(longest, performance.now() - off.get(one));
});
agent.destroy();
console.log(JSON.stringify({ offMs: longest }));
