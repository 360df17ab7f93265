'use strict';
// The child's outputs: who reads each of them from the start.

const { PIPE } = require('../inside');
const { STATE } = require('../state');
const { All } = require('./all');
const { Output } = require('./output');
const { formOf, valueOfBytes } = require('./value');

/**
 * @param {number[]} fds what the child has as its fds: PIPE where it is one
 * @param {Int32Array | null} ends our ends of the pipes; null when there are none
 */
function openOutputs(run, fds, ends) {
  const { settings, outputs } = run;
  const { stdio, isInput } = settings;
  for (let fd = 1; fd < stdio.length; fd++) {
    if (isInput(fd) || fds[fd] !== PIPE) continue;
    const keeps = settings.buffer(fd) && isWanted(stdio[fd]);
    outputs[fd] = new Output(run, fd, ends === null ? -1 : ends[fd], keeps);
  }
  if (settings.all) run.all = new All(run, [outputs[1], outputs[2]].filter(Boolean));
  for (let fd = 1; fd < outputs.length; fd++) {
    if (outputs[fd] !== undefined && !outputs[fd].isOver) begin(run, outputs[fd], stdio[fd]);
  }
}

/**
 * The child's terminal is its stdin, too.
 * @param {number} fd our end of it
 */
function openTerminal(run, fd) {
  const stream = require('./terminal').openTerminal;
  run.outputs[1] = new Output(run, 1, fd, run.settings.buffer(1), stream);
  if (!run.outputs[1].isOver) begin(run, run.outputs[1], run.settings.stdio[1]);
}

function isWanted(targets) {
  return targets.some(({ kind }) => kind === 'pipe');
}

function begin(run, output, targets) {
  run.hold();
  if (!isPure(targets)) {
    const others = targets.filter(({ kind }) => kind !== 'pipe');
    require('./targets').connect(run, output, others);
  } else if (output.keeps) {
    const partner = partnerOf(run, output);
    if (partner === null || isPure(run.settings.stdio[partner.fd])) output.collect(output.fd === 2 ? partner : null);
    else output.read();
  }
}

/** Whether it is only to be kept, or for the user alone. */
function isPure(targets) {
  return targets.length === 1 && targets[0].kind === 'pipe';
}

/** The one whose order to this one counts: the addon knows it when both are with it. */
function partnerOf({ all }, output) {
  if (all === null || output.fd > 2) return null;
  return all.outputs.find((other) => other !== output && other.keeps) ?? null;
}

/**
 * Takes our end of one of the child's pipes away from it for good, for another program to have.
 * @returns {{ fd: number, head: Buffer | null } | null} head: what came before; null when it is a stream already, or no pipe
 */
function giveAway(subprocess, fd) {
  const { outputs, inputs } = subprocess[STATE];
  return (outputs[fd] ?? inputs[fd])?.giveAway() ?? null;
}

module.exports = { openOutputs, openTerminal, giveAway, formOf, valueOfBytes };
