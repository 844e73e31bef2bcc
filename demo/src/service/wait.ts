import { setTimeout as delay } from 'node:timers/promises';

/** Stands for work that takes time elsewhere: a bank, a mail server, a slow disk. */
export async function wait(millis: number): Promise<void> {
  await delay(millis);
}
