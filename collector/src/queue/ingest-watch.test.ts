import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ThreadlineError } from '../errors.ts';
import { IngestWatch } from './ingest-watch.ts';

const FULL_DISK = new ThreadlineError('storage_unavailable', 'the disk is full');
const REMOVED = new ThreadlineError('storage_unavailable', 'it was removed', { cause: Object.assign(new Error(), { code: 'ENOENT' }) });
const FULL_LOG = new ThreadlineError('queue_full', 'the log is full');

let room: number;
let isInPlace: boolean;
let told: string[];
let watch: IngestWatch;

beforeEach(() => {
  vi.useFakeTimers();
  room = 1_000_000;
  isInPlace = true;
  told = [];
  watch = new IngestWatch({
    checkRoom: async (bytes) => {
      if (bytes > room) throw FULL_DISK;
    },
    checkInPlace: async () => {
      if (!isInPlace) throw REMOVED;
    },
    onIngestRefused: (error) => told.push(error instanceof Error ? error.message : ''),
    onIngestBack: () => told.push('back'),
  });
});

afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

it('takes while nothing is refused', async () => {
  await watch.start();
  expect(watch.state).toEqual({ state: 'taking', sinceUnixNano: undefined, reason: undefined, fault: undefined });
  expect(told).toEqual([]);
});

it('tells once that requests are refused, and once that there is room again for the one that was', async () => {
  room = 10;
  for (let request = 0; request < 3; request += 1) watch.noteRefused(FULL_DISK, 500);
  expect(watch.state).toEqual({
    state: 'refusing',
    sinceUnixNano: expect.stringMatching(/^\d{19}$/),
    reason: 'disk',
    fault: 'the disk is full',
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['the disk is full']);
  room = 500;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual(['the disk is full', 'back']);
  expect(watch.state.state).toBe('taking');
});

it('knows a full log from a full disk, and neither from a request that is at fault itself', () => {
  watch.noteRefused(new ThreadlineError('body_too_large', 'too large'), 500);
  expect(watch.state.state).toBe('taking');
  watch.noteRefused(FULL_LOG, 500);
  expect(watch.state.reason).toBe('log_full');
});

it('finds a full disk before the first request', async () => {
  room = 0;
  await watch.start();
  expect(watch.state).toMatchObject({ state: 'refusing', reason: 'disk' });
  expect(told).toEqual(['the disk is full']);
});

it('notices a log that is removed without a request, and one that is back', async () => {
  await watch.start();
  isInPlace = false;
  room = -1;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch.state).toEqual({
    state: 'refusing',
    sinceUnixNano: expect.stringMatching(/^\d{19}$/),
    reason: 'removed',
    fault: 'it was removed',
  });
  expect(told).toEqual(['it was removed']);
  isInPlace = true;
  room = 1_000_000;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch.state.state).toBe('taking');
  isInPlace = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual(['it was removed', 'back', 'it was removed']);
});

it('knows a removed log from a full disk where a request finds it', () => {
  watch.noteRefused(REMOVED, 500);
  expect(watch.state.reason).toBe('removed');
});

it('looks and tells no more once it is stopped', async () => {
  watch.noteRefused(FULL_DISK, 500);
  watch.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['the disk is full']);
});
