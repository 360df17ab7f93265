'use strict';
// Options that are bound in steps: $({ cwd })({ env }).

const { isPlain } = require('./checks');

/** Objects of single settings, which are merged and not replaced. */
const MERGED = new Set(['env', 'lines', 'stripFinalNewline', 'maxBuffer', 'buffer', 'verbose', 'retry']);

/** What is later wins. `undefined` takes a setting back to its default. */
function mergeOptions(earlier, later) {
  const merged = { __proto__: null, ...earlier };
  for (const key of Object.keys(later)) {
    const both = MERGED.has(key) && isPlain(merged[key]) && isPlain(later[key]);
    merged[key] = both ? { __proto__: null, ...merged[key], ...later[key] } : later[key];
  }
  return merged;
}

module.exports = { mergeOptions };
