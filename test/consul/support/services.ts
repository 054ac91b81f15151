import type { ServiceOwner, ServiceRegistration } from '@netctl/consul';

export const owner: ServiceOwner = { stack: 'shop', host: 'node01' };

/** A service as a container on a network would be registered. */
export function service(name: string, more: Partial<ServiceRegistration> = {}): ServiceRegistration {
  return {
    ID: `node01:shop-${name}-1:80`,
    Name: name,
    Tags: ['blue'],
    Address: '10.5.0.10',
    Port: 80,
    Meta: { version: '2' },
    ...more,
  };
}

/** So many of them. */
export function services(length: number): readonly ServiceRegistration[] {
  return Array.from({ length }, (_, at) => service('web', { ID: `node01:shop-web-${at}:80`, Port: 1000 + at }));
}
