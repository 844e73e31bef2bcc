import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readShopOptions } from './settings.ts';
import { startShop } from './shop.ts';

it('a shop that can write nowhere says which setting helps', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'threadline-demo-'));
  try {
    const file = path.join(directory, 'a-file');
    await writeFile(file, '');
    await expect(startShop(readShopOptions({ SHOP_DATA_DIR: file }))).rejects.toThrow(
      `${file} cannot be written to (ENOTDIR); set SHOP_DATA_DIR to a directory of your own`,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
