'use strict';
// Which subscriptions of a client a message is for: the broker sends it once, however many there are.

const { matches } = require('./topic');

/** Topics whose subscriptions are remembered until one comes or goes. */
const REMEMBERED = 4096;

class Matching {
  #byId = new Map();
  #byTopic = new Map();

  get size() {
    return this.#byId.size;
  }

  add(subscription) {
    this.#byId.set(subscription.id, subscription);
    this.#byTopic.clear();
  }

  remove(subscription) {
    if (this.#byId.delete(subscription.id)) this.#byTopic.clear();
  }

  get(id) {
    return this.#byId.get(id);
  }

  all() {
    return [...this.#byId.values()];
  }

  /** @returns {import('./subscription').Subscription[]} */
  of(topic) {
    return this.#byTopic.get(topic) ?? this.#look(topic);
  }

  #look(topic) {
    const levels = topic.split('.');
    const found = this.all().filter(({ levels: pattern }) => matches(pattern, levels));
    if (this.#byTopic.size >= REMEMBERED) this.#byTopic.clear();
    this.#byTopic.set(topic, found);
    return found;
  }
}

module.exports = { Matching };
