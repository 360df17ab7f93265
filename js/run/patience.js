'use strict';

const { setTimeout, clearTimeout } = require('timers');

/**
 * With destinations that do not take what they are given, and with strangers who hold the output open. A run waits for them as long as
 * its options say, but when it has been ended they have as much time as the child had.
 */
class Patience {
  #run;
  #timer = null;

  constructor(run) {
    this.#run = run;
  }

  begin() {
    const { forceKillAfterDelay } = this.#run.settings;
    if (this.#timer === null && forceKillAfterDelay !== Infinity) this.#timer = setTimeout(() => this.#lose(), forceKillAfterDelay);
  }

  #lose() {
    const { targets, settings } = this.#run;
    targets?.giveUp();
    // Of a tree nobody is left who could hold the output open.
    if (settings.killMode !== 'tree') this.#run.abandon();
  }

  end() {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

module.exports = { Patience };
