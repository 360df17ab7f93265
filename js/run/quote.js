'use strict';
// Commands as a person reads them, and can paste into a shell. Never for execution: what is executed has no quotes.

/** Words that no shell reads anything into. */
const PLAIN = /^[\w\-./]+$/;
/** Cheaper than the next, and enough for almost all. */
const ASCII_TEXT = /^[\x20-\x7e]*$/;
const UNSEEN = /[\p{Separator}\p{Other}]/gu;
const ESCAPES = { __proto__: null, ' ': ' ', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** @returns {string} git commit -m 'x y' */
function quoteCommand(file, args) {
  let line = quote(file);
  for (let i = 0; i < args.length; i++) line += ` ${quote(args[i])}`;
  return line;
}

function quote(word) {
  if (PLAIN.test(word)) return word;
  return `'${showLine(word).replaceAll("'", "'\\''")}'`;
}

/** What moves the cursor or cannot be seen is spelled out: a terminal must not act on what is only shown. */
function showLine(text) {
  return ASCII_TEXT.test(text) ? text : text.replace(UNSEEN, spelled);
}

function spelled(character) {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0);
  return code > 0xffff ? `\\U${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

module.exports = { quoteCommand, quote, showLine };
