/* global document, window */
(() => {
  'use strict';
  // Paper cannot be unfolded.
  window.addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      details.open = true;
      details.dataset.unfolded = '';
    }
  });
  window.addEventListener('afterprint', () => {
    for (const details of document.querySelectorAll('details[data-unfolded]')) {
      details.open = false;
      delete details.dataset.unfolded;
    }
  });
})();
(() => {
  'use strict';
  const figure = document.querySelector('figure.chart');
  const data = document.getElementById('timeline-data');
  if (!figure || !data) return;
  const points = JSON.parse(data.textContent);
  const tip = figure.querySelector('.tip');
  let current = -1;

  const visible = () => [...figure.querySelectorAll('svg.timeline')].find((svg) => svg.clientWidth > 0);

  function show(index) {
    const svg = visible();
    if (!svg || !points[index]) return;
    current = index;
    const [fraction, ...lines] = points[index];
    const { left, right, width } = svg.dataset;
    const x = Number(left) + fraction * (right - left);
    const cursor = svg.querySelector('.cursor');
    cursor.setAttribute('x1', x);
    cursor.setAttribute('x2', x);
    cursor.setAttribute('visibility', 'visible');
    tip.replaceChildren(
      ...lines.map((line) => Object.assign(document.createElement('div'), { textContent: line })),
    );
    tip.hidden = false;
    const at = (x / width) * svg.clientWidth;
    const onLeft = at > svg.clientWidth / 2;
    tip.style.left = onLeft ? 'auto' : `${at + 12}px`;
    tip.style.right = onLeft ? `${svg.clientWidth - at + 12}px` : 'auto';
  }

  function hide() {
    tip.hidden = true;
    for (const cursor of figure.querySelectorAll('.cursor')) cursor.setAttribute('visibility', 'hidden');
  }

  figure.addEventListener('pointermove', (event) => {
    const svg = visible();
    if (!svg) return;
    const { left, right, width } = svg.dataset;
    const x = ((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth) * width;
    const fraction = (x - left) / (right - left);
    let best = 0;
    points.forEach(([at], index) => {
      if (Math.abs(at - fraction) < Math.abs(points[best][0] - fraction)) best = index;
    });
    show(best);
  });
  figure.addEventListener('pointerleave', hide);
  figure.addEventListener('blur', hide);
  figure.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === 'Escape') hide();
    if (step === undefined) return;
    event.preventDefault();
    show(Math.min(Math.max(current + step, 0), points.length - 1));
  });
})();
