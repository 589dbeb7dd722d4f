// Room for the reader's own words under each question about a line of code. They stay in this browser.
(() => {
  for (const item of document.querySelectorAll('ol.annotation > li')) {
    const key = `dsc-note:${item.dataset.note}`;
    const area = document.createElement('textarea');
    area.rows = 2;
    area.setAttribute('aria-label', 'Your annotation');
    area.placeholder = 'Your annotation';
    try {
      area.value = localStorage.getItem(key) ?? '';
      area.addEventListener('input', () => localStorage.setItem(key, area.value));
    } catch {
      // Not kept: cookies are off, or the book is a file.
    }
    item.querySelector('details').before(area);
  }
})();
