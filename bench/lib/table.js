'use strict';
// Figures as people read them.

function formatNumber(number) {
  const size = Math.abs(number);
  if (size >= 1000)
    return Math.round(number)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ' ');
  if (size >= 100) return number.toFixed(0);
  if (size >= 10) return number.toFixed(1);
  return number.toFixed(2);
}

/** 0.0003 says little, 1/3300 says it. */
function formatRatio(ratio) {
  return ratio > 0 && ratio <= 0.2 ? `1/${formatNumber(1 / ratio)}` : `${formatNumber(ratio)}x`;
}

function formatCompared(figure, value) {
  if (figure.compare === 'ratio') return formatRatio(value);
  const sign = figure.compare === 'difference' && value > 0 ? '+' : '';
  return `${sign}${formatNumber(value)} ${figure.unit}`;
}

function formatTarget(figure) {
  if (!figure.target) return '';
  const { atLeast, atMost, noise } = figure.target;
  const bound = atLeast ?? atMost;
  const text = figure.compare === 'ratio' ? (bound < 0.5 ? `1/${Math.round(1 / bound)}` : `${bound}x`) : `${bound} ${figure.unit}`;
  return `${atLeast !== undefined ? '>=' : '<='} ${text}${noise ? ` (noise ${noise * 100}%)` : ''}`;
}

function cells(figure) {
  if (figure.skipped) return [figure.name, figure.peer, '', '', '', `skipped: ${figure.skipped}`, formatTarget(figure), ''];
  const lowest = formatCompared(figure, Math.min(...figure.rounds));
  const highest = formatCompared(figure, Math.max(...figure.rounds));
  return [
    figure.name,
    figure.peer,
    formatNumber(figure.peerMedian),
    `${formatNumber(figure.oursMedian)} ${figure.unit}`,
    formatCompared(figure, figure.compared),
    figure.rounds.length > 1 ? `${lowest} … ${highest}` : '',
    formatTarget(figure),
    figure.verdict ?? '',
  ];
}

const HEAD = ['figure', 'peer', 'its', 'ours', 'compared', 'rounds', 'target', ''];
const RIGHT = new Set([2, 3, 4]);

function table(figures) {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, i) => (RIGHT.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [
    line(rows[0]),
    widths
      .map((width) => '-'.repeat(width))
      .join('  ')
      .trimEnd(),
    ...rows.slice(1).map(line),
  ].join('\n');
}

module.exports = { table };
