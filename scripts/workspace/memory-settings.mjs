/**
 * How the collector takes memory; the Dockerfile says the same. All of it is read once, as the process starts.
 *
 * Left alone, glibc gives each thread areas of its own and keeps in them what was freed: under full load a fifth of all memory, for no processor time that
 * could be measured (docs/adr/0012); other systems do not know these settings. Pieces from 1 MiB go back at once; smaller ones are in one area,
 * which gives up what is free at its end beyond 16 MiB. V8 lets the main thread's young generation grow beyond 100 MiB as soon as a large answer is
 * written; more than two halves of 8 MiB save no processor time that could be measured. Other threads have limits of their own.
 */
export const MEMORY_SETTINGS = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '16777216',
  NODE_OPTIONS: '--max-semi-space-size=8',
};
