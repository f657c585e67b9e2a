// Going through the run: the buttons, the keys, the mouse, the colours and the paper.

const PRINTED_MAX = 500; // rows on paper

const control = (id) => document.getElementById(id);
let current = -1;

function go(wanted) {
  const step = Math.max(0, Math.min(last, Math.trunc(Number(wanted)) || 0));
  control('number').value = step;
  if (step === current) return;
  current = step;
  control('slider').value = step;
  control('slider').setAttribute('aria-valuetext', `step ${step} of ${last}`);
  for (const id of ['first', 'back']) control(id).setAttribute('aria-disabled', step === 0);
  for (const id of ['next', 'last']) control(id).setAttribute('aria-disabled', step === last);
  reveal(step);
  drawSeen(step, true);
  showState(step);
  showStep(step);
  const broken = showProperties(step);
  showSource(step);
  const tally = broken === 0 ? 'no property is false' : `${broken} properties false`;
  control('said').textContent = `Step ${step} of ${last}: ${run.steps[step].headline}; ${tally}.`;
}

// ---- keys ---------------------------------------------------------------------------------------

const KEYS = {
  ArrowRight: () => go(current + 1),
  ArrowLeft: () => go(current - 1),
  Home: () => go(0),
  End: () => go(last),
  f: () => go(run.decisive),
  t: () => turn(),
};
const ROWS = { ArrowDown: () => go(current + 1), ArrowUp: () => go(current - 1) };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.id === 'number' || event.target.id === 'slider';
  const inChart = event.target === pane;
  const act = KEYS[event.key] ?? (inChart ? ROWS[event.key] : undefined);
  if (act === undefined || (typing && event.key.length > 1)) return;
  event.preventDefault();
  act();
});

// ---- light and dark -----------------------------------------------------------------------------

const dark = window.matchMedia('(prefers-color-scheme: dark)');
let chosen = null;

function turn() {
  const isDark = chosen === null ? dark.matches : chosen === 'dark';
  chosen = isDark ? 'light' : 'dark';
  document.documentElement.dataset.theme = chosen;
  sayTheme();
}

function sayTheme() {
  const isDark = chosen === null ? dark.matches : chosen === 'dark';
  control('theme').textContent = isDark ? 'Light' : 'Dark';
  control('theme').setAttribute('aria-label', isDark ? 'Light colours' : 'Dark colours');
}

// ---- paper --------------------------------------------------------------------------------------

window.addEventListener('beforeprint', () => {
  const until = Math.min(last, PRINTED_MAX);
  paper.style.height = `${until === last ? bottom : tops[until + 1]}px`;
  drawBetween(0, until === last ? bottom : tops[until + 1] - 1, current);
  if (until < last) {
    const note = `printed: steps 0 to ${PRINTED_MAX} of ${last}; the page itself shows all`;
    pane.append(element('p', 'cut', note));
  }
});
window.addEventListener('afterprint', () => {
  for (const note of pane.querySelectorAll('.cut')) note.remove();
  drawChart(current);
});

// ---- the beginning ------------------------------------------------------------------------------

const { model, file, variant } = run.heading;
control('what').textContent = `${model}, variant ${variant}  ·  ${file}`;
control('verdict').textContent = run.violated ? 'violated' : 'reached';
control('verdict').classList.add(run.violated ? 'false' : 'reached');
document.body.classList.add(run.violated ? 'violated' : 'shown');
control('claim').textContent = run.claim;
control('of').textContent = `of ${last}`;
control('number').max = last;
control('slider').max = last;
control('decisive').textContent = run.violated ? `✗ where it fails: ${run.decisive}` : `● where it is reached: ${run.decisive}`;
control('decisive').setAttribute(
  'aria-label',
  `Go to step ${run.decisive}, where the condition ${run.violated ? 'first becomes false' : 'is reached'}`,
);
control('decisive').title = 'f';
control('first').addEventListener('click', () => go(0));
control('back').addEventListener('click', () => go(current - 1));
control('next').addEventListener('click', () => go(current + 1));
control('last').addEventListener('click', () => go(last));
control('decisive').addEventListener('click', () => go(run.decisive));
control('theme').addEventListener('click', turn);
control('slider').addEventListener('input', (event) => go(event.target.value));
control('number').addEventListener('change', (event) => go(event.target.value));
control('moving').addEventListener('change', () => showState(current));
dark.addEventListener('change', sayTheme);
paper.addEventListener('click', (event) => {
  go(stepAt(event.clientY - paper.getBoundingClientRect().top));
});

let waiting = false;
pane.addEventListener('scroll', () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    drawSeen(current, false);
  });
});
let width = pane.clientWidth;
new ResizeObserver(() => {
  if (pane.clientWidth === width && pane.clientHeight <= drawn.to - drawn.from) return;
  width = pane.clientWidth;
  // Drawing changes the size: in the observer itself the browser would call that a loop.
  requestAnimationFrame(() => drawChart(current));
}).observe(pane);

function asked() {
  const number = /^#(\d+)$/.exec(window.location.hash);
  return number === null ? 0 : Number(number[1]);
}
window.addEventListener('hashchange', () => go(asked()));

sayTheme();
makeState();
makeProperties(go);
drawChart(0);
go(asked());
