'use strict';
// A tree that is hard to end, below a parent in a process of its own, and a process beside it that nobody may touch.

const path = require('node:path');
const { spawn } = require('node:child_process');

const DRIVER = path.join(__dirname, '../fixtures/lineage/driver.js');
const MEMBERS = ['shell', 'node', 'daemon', 'orphan', 'nested', 'stubborn', 'stopped'];

class Lineage {
  /** pids by name */
  members = {};
  /** The parent: stock Node's child, which is not what is tested. */
  driver;
  #output = '';
  #isUp;
  #bystander = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });

  /** @param {string[]} args of fixtures/lineage/driver.js */
  constructor(args, execArgv = []) {
    this.driver = spawn(process.execPath, [...execArgv, DRIVER, ...args], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    this.driver.stdout.on('data', (chunk) => {
      this.#output += chunk;
    });
    this.driver.stdin.on('error', () => {});
    const [, , , lifeline] = this.driver.stdio;
    let text = '';
    this.up = new Promise((resolve) => {
      this.#isUp = resolve;
    });
    lifeline.on('data', (chunk) => {
      text += chunk;
      this.#read(text);
    });
    /** Every member has ended: each of them holds the other end. */
    this.gone = new Promise((resolve) => lifeline.once('end', resolve));
    /** [code, signal] of the parent */
    this.driverEnd = new Promise((resolve) => this.driver.once('close', (...end) => resolve(end)));
  }

  #read(text) {
    for (const [, name, pid] of text.matchAll(/^up (\w+) (\d+)$/gm)) this.members[name] = Number(pid);
    if (MEMBERS.every((name) => name in this.members)) this.#isUp();
  }

  go() {
    this.driver.stdin.end('go\n');
  }

  /** What the parent has told, value by value. */
  told() {
    return this.#output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** Whether the process beside it still does what it did: it has not been ended, and not been stopped. */
  bystanderIsWell() {
    return new Promise((resolve) => {
      this.#bystander.stdout.once('data', (chunk) => resolve(chunk.toString() === 'still here'));
      this.#bystander.once('exit', () => resolve(false));
      this.#bystander.stdin.write('still here');
    });
  }

  /** After each test, whatever became of it. */
  clear() {
    this.#bystander.kill('SIGKILL');
    this.driver.kill('SIGKILL');
    for (const pid of Object.values(this.members)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }
}

module.exports = { Lineage };
