'use strict';

/** SpawnFlag in native.d.ts, which has no values at run time. */
module.exports = { DETACHED: 1, UID: 2, GID: 4, TREE: 8, INDEPENDENT: 16, GROUP: 32, TERMINAL: 64, HOLD: 128 };
