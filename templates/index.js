/* global document */
(() => {
  'use strict';
  const table = document.querySelector('table[data-sortable]');
  if (!table) return;
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[1].cells];

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  };

  headers.forEach((header, column) => {
    if ('plain' in header.dataset) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener('click', () => {
      const descending = header.getAttribute('aria-sort') !== 'descending';
      for (const other of headers) other.removeAttribute('aria-sort');
      header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = [...body.rows].sort((a, b) => {
        const [left, right] = [keyOf(a, column), keyOf(b, column)];
        const order = typeof left === 'number' ? left - right : left.localeCompare(right);
        return descending ? -order : order;
      });
      body.append(...rows);
    });
  });
})();
