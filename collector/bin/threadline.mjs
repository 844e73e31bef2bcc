#!/usr/bin/env node
import zlib from 'node:zlib';

// Said before any code of ours is loaded, which names what an older Node does not have. It came to Node in 22.15 and 23.8.
if (zlib.zstdDecompress === undefined) {
  process.stderr.write(
    `threadline: Node 22.15 or newer is needed, this is ${process.version}: run it as npx threadline, which takes the Node of this repository\n`,
  );
  process.exitCode = 1;
} else {
  await import('../dist/cli/main.js');
}
