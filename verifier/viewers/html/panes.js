// What stands beside the chart: the state, the step, the properties and the source.

const MANY = 200; // messages in flight that are listed; the rest is counted

const stateRows = [];

/** The table of the state, made once; a step then only changes cells. */
function makeState() {
  const table = element('table', 'values');
  let node;
  let body;
  for (const row of run.rows) {
    if (row.node !== node) {
      node = row.node;
      body = element('tbody');
      const heading = element('th', 'node', node === '' ? 'outside the nodes' : node);
      heading.colSpan = 2;
      heading.scope = 'rowgroup';
      const line = element('tr');
      line.append(heading);
      body.append(line);
      table.append(body);
    }
    const line = element('tr');
    const name = element('th', 'name');
    name.scope = 'row';
    for (const part of row.name.split(/(?<=[\].])/)) name.append(part, element('wbr'));
    if (row.ghost) name.append(element('span', 'quiet', ' ghost'));
    const value = element('td', 'value');
    line.append(name, value);
    body.append(line);
    stateRows.push({ row, line, value, body, shown: undefined });
  }
  const flying = element('ol', 'flying');
  document.getElementById('state').append(table, element('h3', '', 'In flight'), flying);
}

function showState(step) {
  const still = document.getElementById('moving').checked;
  const bodies = new Map();
  let firstChange = null;
  for (const cell of stateRows) {
    const at = placeAt(cell.row, step);
    const value = cell.row.values[at];
    const changed = step > 0 && cell.row.steps[at] === step;
    const before = changed ? cell.row.values[at - 1] : null;
    const shown = `${changed} ${before} ${value}`;
    cell.line.hidden = value === null || (still && cell.row.steps.length === 1);
    if (!cell.line.hidden) bodies.set(cell.body, true);
    if (shown !== cell.shown) {
      cell.shown = shown;
      cell.line.classList.toggle('changed', changed);
      cell.value.replaceChildren();
      if (changed && before !== null) {
        cell.value.append(element('del', '', before), element('span', 'arrow', ' → '));
      }
      cell.value.append(element(changed ? 'ins' : 'span', '', value ?? ''));
    }
    if (changed && firstChange === null && !cell.line.hidden) firstChange = cell.line;
  }
  for (const { body } of stateRows) body.hidden = !bodies.has(body);
  const list = document.querySelector('#state .flying');
  list.replaceChildren();
  const flying = inFlight(step);
  for (const arrow of flying.slice(0, MANY)) {
    const from = run.columns[arrow.sender] ?? '?';
    const to = run.columns[arrow.receiver] ?? '?';
    const line = element('li', arrow.sent === step ? 'changed' : '');
    line.append(element('span', 'quiet', `#${arrow.number} ${from} → ${to} `), element('bdi', '', arrow.shown));
    list.append(line);
  }
  if (flying.length > MANY) list.append(element('li', 'quiet', `and ${flying.length - MANY} more`));
  if (flying.length === 0) list.append(element('li', 'quiet', 'no message'));
  document.getElementById('state-step').textContent = step === 0 ? 'at the start' : `after step ${step}`;
  const box = document.getElementById('state');
  if (firstChange !== null) {
    const top = firstChange.offsetTop;
    const seen = top >= box.scrollTop && top + firstChange.offsetHeight <= box.scrollTop + box.clientHeight;
    if (!seen) box.scrollTop = Math.max(0, top - 40);
  }
}

function showStep(step) {
  const scene = run.steps[step];
  const box = document.getElementById('step');
  box.replaceChildren(element('p', 'headline', scene.headline));
  const list = element('ul', 'facts');
  for (const line of scene.sends) list.append(element('li', 'sent', line));
  for (const line of scene.changes) list.append(element('li', 'change', line));
  if (scene.failure !== null) list.append(element('li', 'failed', scene.failure));
  if (list.children.length > 0) box.append(list);
  else if (step > 0) box.append(element('p', 'quiet', 'no variable changes'));
  if (step === last && run.reasons.length > 0) {
    box.append(element('h3', '', run.violated ? 'Why it is false' : 'Why it is true'));
    const reasons = element('div', 'reasons');
    for (const text of run.reasons) {
      const line = element('div', 'reason', text.trimStart());
      line.style.marginLeft = `${text.length - text.trimStart().length}ch`;
      reasons.append(line);
    }
    box.append(reasons);
  }
  document.getElementById('step-number').textContent = `${step} of ${last}`;
}

const propertyLines = [];

function makeProperties(go) {
  const box = document.getElementById('properties');
  const changing = element('ol', 'standings');
  const always = element('ol', 'standings');
  run.standings.forEach((standing, i) => {
    const line = element('li');
    line.value = i + 1;
    const sign = element('span', 'sign');
    const words = element('span', 'words');
    line.append(sign, element('bdi', standing.asked ? 'asked' : '', standing.name), ' ', words);
    if (standing.first !== null) {
      const said = `${standing.wanted ? 'reached' : 'first false'} in step ${standing.first}`;
      const button = element('button', 'jump', said);
      button.type = 'button';
      button.addEventListener('click', () => go(standing.first));
      line.append(' ', button);
    }
    (varies(standing) ? changing : always).append(line);
    propertyLines.push({ standing, line, sign, words });
  });
  box.append(changing);
  if (always.children.length > 0) {
    const more = element('details');
    more.append(element('summary', '', `${always.children.length} more, never false in this run`), always);
    box.append(more);
  }
}

function showProperties(step) {
  let broken = 0;
  for (const { standing, line, sign, words } of propertyLines) {
    const [character, said, className] = markAt(standing, step);
    if (className === 'false' || className === 'novalue') broken += 1;
    sign.textContent = character;
    sign.className = `sign ${className}`;
    words.textContent = said;
    line.classList.toggle('broken', className === 'false' || className === 'novalue');
  }
  document.getElementById('tally').textContent = broken === 0 ? 'none is false' : `${broken} false`;
  return broken;
}

function showSource(step) {
  const scene = run.steps[step];
  const source = scene.source === null ? null : run.sources[scene.source];
  const box = document.getElementById('source');
  box.replaceChildren();
  document.getElementById('place').textContent = source === null ? '' : `${source.file}:${scene.line}`;
  if (source === null) {
    box.append(element('p', 'quiet', step === 0 ? 'the initial values' : 'no text of the model'));
    return;
  }
  const end = source.first + source.lines.length;
  const inside = (arm) => arm.file === source.file && arm.line >= source.first && arm.line < end;
  const taken = new Map(scene.arms.filter(inside).map((arm) => [arm.line, arm.shown]));
  const code = element('div', 'code');
  source.lines.forEach((text, i) => {
    const number = source.first + i;
    const line = element('div', 'line');
    line.classList.toggle('origin', number === scene.line);
    line.classList.toggle('taken', taken.has(number));
    const sign = element('span', 'gutter', taken.has(number) ? '▸' : '');
    if (taken.has(number)) sign.title = `taken: ${taken.get(number)}`;
    line.append(sign, element('span', 'at', number), element('span', 'text', text || ' '));
    code.append(line);
  });
  box.append(code);
  const elsewhere = scene.arms.filter((arm) => !inside(arm));
  if (elsewhere.length > 0) {
    box.append(element('h3', '', 'Branches taken in what it calls'));
    const list = element('ul', 'facts');
    for (const arm of elsewhere) {
      const line = element('li', '', arm.shown);
      line.append(element('span', 'quiet', `  ${arm.file}:${arm.line}`));
      list.append(line);
    }
    box.append(list);
  }
  box.scrollTop = 0;
}
