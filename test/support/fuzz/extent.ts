const { FUZZ_CASES, FUZZ_SERVICE_CASES, FUZZ_SEED } = process.env;

/** Inputs for the parsers, all together. */
export const CASES = Number(FUZZ_CASES ?? 110_000);
/** Offers for the service. */
export const SERVICE_CASES = Number(FUZZ_SERVICE_CASES ?? 5_500);
/** Another one in every run, unless one is to be seen again. */
export const SEED = Number(FUZZ_SEED ?? Date.now() % 2 ** 31);
