/**
 * Of the heap of each thread of the storage. One that needs more than the old generation may have ends alone. What comes and goes are bytes beside the
 * heap; a young generation of V8's own size takes 30 MB more a thread, and saves no processor time.
 */
export const THREAD_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 12 } as const;
