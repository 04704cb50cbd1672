// Fetches the diagram that the server draws, once a second, and puts it in place. It draws nothing itself.
'use strict';
const flows = document.getElementById('flows');
const live = document.getElementById('live');
const pause = document.getElementById('pause');
let paused = false;
let last = null;

const opened = () => new Map([...flows.querySelectorAll('details')].map((one) => [one.dataset.key, one.open]));
const focused = () => document.activeElement?.closest('#flows details')?.dataset.key;
const find = (key) => [...flows.querySelectorAll('details')].find((one) => one.dataset.key === key);
const messages = () => flows.querySelectorAll('li.ask, li.answer').length;

// What was opened stays open, what was closed stays closed, and the keyboard stays where it was.
function swap(html) {
  const [before, focus, count] = [opened(), focused(), messages()];
  flows.innerHTML = html;
  for (const one of flows.querySelectorAll('details')) {
    if (before.has(one.dataset.key)) one.open = before.get(one.dataset.key);
  }
  if (focus) find(focus)?.querySelector('summary').focus({ preventScroll: true });
  const more = messages() - count;
  if (last !== null && more > 0) live.textContent = more === 1 ? '1 new message' : `${more} new messages`;
}

async function look() {
  if (!paused && !document.hidden) {
    try {
      const answer = await fetch('/debug/flow?format=fragment', { cache: 'no-store' });
      const html = await answer.text();
      if (!answer.ok) throw new Error(answer.status);
      if (live.dataset.lost) { live.textContent = 'Live'; delete live.dataset.lost; }
      if (html !== last && !paused) { swap(html); last = html; }
    } catch {
      live.dataset.lost = '1';
      live.textContent = 'This process doesn’t answer. Is it still running?';
    }
  }
  setTimeout(look, 1000);
}

pause.hidden = false;
pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  pause.textContent = paused ? 'Go on' : 'Pause';
  live.textContent = paused ? 'Paused' : 'Live';
});
live.textContent = 'Live';
look();
