import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findFreePorts, LOOPBACK } from './free-ports.mjs';

describe('findFreePorts', () => {
  it('gives ports that differ and can be opened', async () => {
    const ports = await findFreePorts(8);
    expect(new Set(ports).size).toBe(8);
    for (const port of ports) {
      const listener = createServer().listen(port, LOOPBACK);
      await once(listener, 'listening');
      await new Promise((resolve) => listener.close(resolve));
    }
  });

  it('gives none when none is asked for', async () => {
    expect(await findFreePorts(0)).toEqual([]);
  });
});
