/**
 * How the collector's threads take memory from glibc, which reads it once, as the process starts; other systems do not know it. Left alone, glibc gives
 * each thread areas of its own and keeps in them what was freed: under full load a fifth of all memory, for no processor time that could be measured
 * (docs/adr/0012). Pieces from 1 MiB go back at once; smaller ones are shared by two areas, which give up what is free at their ends beyond 16 MiB. The
 * Dockerfile says the same.
 */
export const GLIBC_MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '16777216' };
