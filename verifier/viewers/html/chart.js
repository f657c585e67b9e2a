// The message sequence chart.  Only the rows that can be seen are drawn, so that a run of ten
// thousand steps scrolls as one of ten.

const SVG = 'http://www.w3.org/2000/svg';
const EVENT = 30; // from the top of a row to what happens in it
const ROW = 46;
const DEPARTURE = 20; // for each message that leaves on a track
const LANE = 14;
const OVERSCAN = 400;
const NAMES = 30; // the height of the names, which stay above the rows
const MARK = 16; // the width of a property

const pane = document.getElementById('chart');
const paper = document.getElementById('paper');
const drawing = document.getElementById('drawing');
const namesOver = document.getElementById('names');
const followed = run.standings.map((s, i) => [s, i + 1]).filter(([s]) => varies(s));

function draw(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const tracked = (number) => !arrowOf.get(number).direct;
const tops = [0];
for (const scene of run.steps) {
  const height = ROW + DEPARTURE * scene.left.filter(tracked).length;
  tops.push(tops[tops.length - 1] + height);
}
const bottom = tops[last + 1] + (run.repeats_from === null ? 18 : 36);

/** The step whose row a height lies in. */
function stepAt(y) {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

// ---- where things are ---------------------------------------------------------------------------

const place = { margin: 0, columns: [], gaps: [], width: 0 };

function layOut() {
  const lanes = run.columns.map(() => ({ left: 0, right: 0 }));
  lanes.push({ left: 0, right: 0 });
  for (const arrow of run.arrows) {
    const side = arrow.outward ? 'left' : 'right';
    if (!arrow.direct) lanes[arrow.gap][side] = Math.max(lanes[arrow.gap][side], arrow.lane + 1);
  }
  const digits = String(last).length;
  place.margin = 18 + digits * 8 + followed.length * MARK + 10;
  const count = Math.max(1, run.columns.length);
  const rest = pane.clientWidth - place.margin - 16;
  const spacing = Math.max(62, Math.min(190, rest / count));
  let x = place.margin;
  place.columns = [];
  place.gaps = [];
  for (let gap = 0; gap <= run.columns.length; gap += 1) {
    const outer = gap === 0 || gap === run.columns.length;
    const needed = (lanes[gap].left + lanes[gap].right + 1) * LANE + 6;
    const width = Math.max(outer ? spacing / 2 : spacing, needed);
    place.gaps.push([x, x + width]);
    x += width;
    if (gap < run.columns.length) place.columns.push(x);
  }
  place.width = Math.max(x + 4, pane.clientWidth);
  place.edge = x + 4;
}

function laneOf(arrow) {
  const [left, right] = place.gaps[arrow.gap];
  const away = LANE * (arrow.lane + 1);
  return arrow.outward ? left + away : right - away;
}
const columnOf = (index) => (index < 0 ? place.margin : place.columns[index]);
const eventAt = (step) => tops[step] + EVENT;

/** Where a message leaves, on a line of its own below what happens in the step. */
function departureAt(arrow) {
  const before = run.steps[arrow.sent].left.filter(tracked).indexOf(arrow.number);
  return eventAt(arrow.sent) + DEPARTURE * (before + 1) - 6;
}

// ---- the drawing --------------------------------------------------------------------------------

const advances = new Map(); // class -> how wide a character is, as the font has one width

/** How wide a text is; asking the browser each time would have it lay out everything each time. */
function lengthOf(made, text, className) {
  if (!/^[ -~…]*$/.test(text)) return made.getComputedTextLength();
  if (!advances.has(className)) advances.set(className, made.getComputedTextLength() / text.length);
  return text.length * advances.get(className);
}

/** Text that stays within the chart; it is cut where it is longer, and says all as a tooltip. */
function label(into, text, className, x, y, anchor) {
  const made = draw('text', { x, y, class: className, 'text-anchor': anchor }, text);
  into.append(made);
  const room = { start: place.edge - x, end: x - place.margin, middle: place.edge - place.margin };
  let width = text ? lengthOf(made, text, className) : 0;
  if (width > room[anchor]) {
    const keep = Math.max(1, Math.floor((text.length * room[anchor]) / width) - 1);
    made.textContent = `${text.slice(0, keep)}…`;
    made.append(draw('title', {}, text));
    width = room[anchor];
  }
  if (anchor === 'middle') {
    const centre = Math.min(Math.max(x, place.margin + width / 2), place.edge - width / 2);
    made.setAttribute('x', centre);
  }
  return made;
}

function head(into, x, y, right, className) {
  const back = right ? -8 : 8;
  const points = `${x},${y} ${x + back},${y - 4.5} ${x + back},${y + 4.5}`;
  into.append(draw('polygon', { points, class: className }));
}

function cross(into, x, y, className) {
  const d = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`;
  into.append(draw('path', { d, class: className }));
}

/** A message from send to receipt, in one group. */
function drawArrow(arrow) {
  const group = draw('g', { class: `arrow${arrow.lost ? ' lost' : ''}`, 'data-number': arrow.number });
  const target = columnOf(arrow.receiver);
  const name = arrow.direct ? arrow.name : `#${arrow.number} ${arrow.name}`;
  const said = arrow.lost ? `${name} lost` : name;
  drawing.append(group);
  if (arrow.direct) {
    const source = columnOf(arrow.sender);
    const end = arrow.lost ? (source + target) / 2 : target;
    const y = eventAt(arrow.ended) + 2;
    const leaves = tops[arrow.ended] + 22;
    const d = `M${source} ${eventAt(arrow.sent)}V${leaves}L${end} ${y}`;
    group.append(draw('path', { d, class: 'message' }));
    if (arrow.lost) cross(group, end, y, 'cross');
    else head(group, end, y, target > source, 'head');
    label(group, said, 'name', (source + end) / 2, tops[arrow.ended] + 17, 'middle');
    return;
  }
  const origin = arrow.copy_of === null ? null : arrowOf.get(arrow.copy_of);
  const source = origin && !origin.direct ? laneOf(origin) : columnOf(arrow.sender);
  const lane = laneOf(arrow);
  const leaves = departureAt(arrow);
  const bend = Math.sign(lane - source) * Math.min(6, Math.abs(lane - source));
  const out = `M${source} ${leaves}H${lane - bend}Q${lane} ${leaves} ${lane} ${leaves + 6}`;
  const end = arrow.ended === null ? bottom - 12 : eventAt(arrow.ended);
  group.append(draw('path', { d: out, class: 'message' }));
  const stop = arrow.ended === null || arrow.lost ? end : end - 6;
  group.append(draw('path', { d: `M${lane} ${leaves + 6}V${Math.max(stop, leaves + 6)}`, class: 'track' }));
  const beside = lane > source ? 6 : -6;
  label(group, name, 'tag', lane + beside, leaves + 4, lane > source ? 'start' : 'end');
  if (arrow.ended === null) {
    const points = `${lane - 5},${end} ${lane + 5},${end} ${lane},${end + 8}`;
    group.append(draw('polygon', { points, class: 'flying' }));
  } else if (arrow.lost) {
    cross(group, lane, end, 'cross');
    label(group, said, 'name', lane, tops[arrow.ended] + 17, 'middle');
  } else {
    const turn = Math.sign(target - lane) * Math.min(6, Math.abs(target - lane));
    const d = `M${lane} ${end - 6}Q${lane} ${end} ${lane + turn} ${end}H${target}`;
    group.append(draw('path', { d, class: 'message' }));
    head(group, target, end, target > lane, 'head');
    label(group, name, 'name', (lane + target) / 2, tops[arrow.ended] + 17, 'middle');
  }
}

function drawRow(step, current) {
  const scene = run.steps[step];
  const now = step === current ? ' now' : '';
  const decisive = step === run.decisive ? ' decisive' : '';
  const group = draw('g', { class: `row${now}${decisive}`, 'data-step': step });
  drawing.append(group);
  const height = tops[step + 1] - tops[step];
  group.append(draw('rect', { x: 0, y: tops[step], width: place.width, height, class: 'band' }));
  const digits = 14 + String(last).length * 8;
  group.append(draw('text', { x: digits, y: eventAt(step) + 4, class: 'number', 'text-anchor': 'end' }, step));
  followed.forEach(([standing], i) => {
    const [sign, , className] = markAt(standing, step);
    const x = digits + 14 + i * MARK;
    const y = eventAt(step) + 4;
    group.append(draw('text', { x, y, class: `mark ${className}`, 'text-anchor': 'middle' }, sign));
  });
}

function drawEvent(step) {
  const scene = run.steps[step];
  if (step === 0) {
    label(drawing, scene.title, 'title', (place.columns[0] ?? place.margin + 6) - 6, tops[0] + 17, 'start');
    return;
  }
  const y = eventAt(step);
  const said = scene.failure ?? scene.title;
  if (scene.column === null) {
    if (scene.arrived === null && scene.lost === null && said) {
      const d = `M${place.margin} ${y}H${place.edge}`;
      drawing.append(draw('path', { d, class: 'across' }));
      label(drawing, said, scene.failure ? 'title failed' : 'title', place.margin + 4, tops[step] + 17, 'start');
    }
    return;
  }
  const x = place.columns[scene.column];
  if (scene.failure) cross(drawing, x, y, 'cross');
  else if (scene.arrived === null) drawing.append(draw('circle', { cx: x, cy: y, r: 4.5, class: 'dot' }));
  if (!said || (scene.arrived !== null && !scene.failure)) return;
  const right = x < (place.margin + place.edge) / 2;
  const height = scene.arrived === null ? tops[step] + 17 : y + 15;
  label(drawing, said, scene.failure ? 'title failed' : 'title', x + (right ? -6 : 6), height, right ? 'start' : 'end');
}

/** The steps that an infinite run repeats for ever: a line back from the last to the first. */
function drawLoop() {
  if (run.repeats_from === null) return;
  const group = draw('g', { class: 'loop' });
  drawing.append(group);
  if (run.repeats_from <= last) {
    const first = eventAt(run.repeats_from);
    const d = `M11 ${eventAt(last)}H5V${first}H11`;
    group.append(draw('path', { d, class: 'message' }));
    head(group, 13, first, true, 'head');
  }
  label(group, run.for_ever, 'name', 6, bottom - 6, 'start');
}

let drawn = { from: -1, to: -1 };

/** Draws the rows from one height to another. */
function drawBetween(from, to, current) {
  const firstRow = stepAt(Math.max(0, from));
  const lastRow = stepAt(Math.min(bottom, to));
  drawn = { from, to };
  const top = tops[firstRow];
  const end = lastRow === last ? bottom : tops[lastRow + 1];
  drawing.replaceChildren();
  drawing.setAttribute('viewBox', `0 ${top} ${place.width} ${end - top}`);
  drawing.setAttribute('width', place.width);
  drawing.setAttribute('height', end - top);
  drawing.style.transform = `translateY(${top}px)`;
  for (let step = firstRow; step <= lastRow; step += 1) drawRow(step, current);
  for (const x of place.columns) {
    drawing.append(draw('path', { d: `M${x} ${top}V${end}`, class: 'life' }));
  }
  for (const arrow of run.arrows) {
    if (arrow.sent <= lastRow && (arrow.ended ?? last) >= firstRow) drawArrow(arrow);
  }
  for (let step = firstRow; step <= lastRow; step += 1) drawEvent(step);
  drawLoop();
}

function shortened(name, keep) {
  return `${name.slice(0, keep >> 1)}…${name.slice((keep >> 1) - keep)}`;
}

function drawNames() {
  const given = new Set(); // no two lifelines under one name
  namesOver.replaceChildren();
  const spacing = place.columns.length > 1 ? Math.min(...place.columns.slice(1).map((x, i) => x - place.columns[i])) : 400;
  namesOver.setAttribute('width', place.width);
  namesOver.setAttribute('height', NAMES);
  const digits = 14 + String(last).length * 8;
  followed.forEach(([standing, number], i) => {
    const at = { x: digits + 14 + i * MARK, y: 20, class: 'key', 'text-anchor': 'middle' };
    const made = draw('text', at, number);
    made.append(draw('title', {}, standing.name));
    namesOver.append(made);
  });
  run.columns.forEach((name, i) => {
    const at = { x: place.columns[i], y: 20, class: 'node', 'text-anchor': 'middle' };
    const made = draw('text', at, name);
    namesOver.append(made);
    const width = made.getComputedTextLength();
    if (width > spacing - 8) {
      // Names of a kind differ at the end: what is left out is in the middle.
      const keep = Math.max(2, Math.floor((name.length * (spacing - 8)) / width) - 1);
      made.textContent = shortened(name, keep);
      if (given.has(made.textContent)) made.textContent = `${i + 1} ${shortened(name, Math.max(2, keep - 3))}`;
    }
    given.add(made.textContent);
    made.append(draw('title', {}, name));
  });
}

/** Draws what can be seen, if it is not drawn yet. */
function drawSeen(current, again) {
  const from = pane.scrollTop;
  const to = from + pane.clientHeight;
  if (!again && from - 40 >= drawn.from && to + 40 <= drawn.to) return;
  drawBetween(from - OVERSCAN, to + OVERSCAN, current);
}

function drawChart(current) {
  layOut();
  paper.style.height = `${bottom}px`;
  paper.style.width = `${place.width}px`;
  drawNames();
  drawSeen(current, true);
}

/** Scrolls so that the row of the step, and what is next to it, can be seen. */
function reveal(step) {
  const above = tops[Math.max(0, step - 1)];
  const below = step + 1 >= last ? bottom : tops[step + 2];
  const seen = pane.clientHeight - NAMES - 2;
  if (pane.scrollTop > above) pane.scrollTop = above;
  else if (pane.scrollTop + seen < below) pane.scrollTop = below - seen;
  const { column } = run.steps[step];
  if (column === null) return;
  const x = place.columns[column];
  const hidden = x < pane.scrollLeft + 20 || x > pane.scrollLeft + pane.clientWidth - 20;
  if (hidden) pane.scrollLeft = x - pane.clientWidth / 2;
}
