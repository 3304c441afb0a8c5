import fc from 'fast-check';

/** Hundreds of mutants run the generated responses, so each runs fewer of them. */
fc.configureGlobal({ numRuns: 20 });
