// The run as data, and what can be asked of it.

const run = JSON.parse(document.getElementById('data').textContent);
const last = run.steps.length - 1;

/** Where in a row of the state the value at a step stands: the last change up to it. */
function placeAt(row, step) {
  let low = 0;
  let high = row.steps.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (row.steps[middle] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

function inFlight(step) {
  return run.arrows.filter((a) => a.sent <= step && (a.ended === null || a.ended > step));
}

/** Whether a property says different things in the course of the run, or is what it is about. */
function varies(standing) {
  return standing.asked || standing.first !== null;
}

const arrowOf = new Map(run.arrows.map((arrow) => [arrow.number, arrow]));

const MARKS = {
  '+': (standing) => (standing.wanted ? ['●', 'reached', 'reached'] : ['✓', 'holds', 'holds']),
  '-': () => ['✗', 'false', 'false'],
  '?': () => ['?', 'no value', 'novalue'],
  '.': (standing) => ['·', standing.wanted ? 'not reached' : 'not about this step', 'silent'],
};

/** The sign, the words and the class for what a property says of a step. */
function markAt(standing, step) {
  return MARKS[standing.marks[step]](standing);
}

/** A new element with text; what a model says only ever gets into the page here and in `draw`. */
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
