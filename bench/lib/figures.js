'use strict';
// From samples of rounds to a figure with its verdict. Ratios are taken inside a round and only then condensed:
// what a busy neighbour does to one round, it does to both sides of it.

const { median } = require('./stats');

const COMPARE = {
  __proto__: null,
  /** ours / peer */
  ratio: (ours, peer) => ours / peer,
  /** ours - peer, in the figure's unit */
  difference: (ours, peer) => ours - peer,
  /** ours as it is; the peer stands beside it to be looked at */
  value: (ours) => ours,
};

/** "No slower" and "no more": two equal subjects fall on either side of 1, so this much of it is taken for noise. */
const PAR = { noSlower: { atLeast: 1, noise: 0.05 }, noMore: { atMost: 1, noise: 0.05 } };

function meets({ atLeast, atMost, noise = 0 }, value) {
  return atLeast !== undefined ? value >= atLeast * (1 - noise) : value <= atMost * (1 + noise);
}

/**
 * @param {{ name: string, unit: string, key: string, compare: 'ratio' | 'difference' | 'value', peer: string,
 *   target?: { atLeast?: number, atMost?: number, noise?: number } }} figure  `key`: the number to take from a sample
 * @param {Record<string, object[]>} samples  per subject, one per round
 */
function evaluate(figure, samples) {
  const ours = samples.ours.map((sample) => sample[figure.key]);
  const peer = samples[figure.peer].map((sample) => sample[figure.key]);
  const rounds = ours.map((value, round) => COMPARE[figure.compare](value, peer[round]));
  const compared = median(rounds);
  return {
    name: figure.name,
    unit: figure.unit,
    peer: figure.peer,
    peerMedian: median(peer),
    oursMedian: median(ours),
    compare: figure.compare,
    compared,
    rounds,
    target: figure.target ?? null,
    verdict: figure.target ? (meets(figure.target, compared) ? 'met' : 'missed') : null,
  };
}

function skip({ name, unit, peer, compare, target = null }, reason) {
  return { name, unit, peer, compare, target, verdict: null, skipped: reason };
}

module.exports = { PAR, evaluate, skip };
