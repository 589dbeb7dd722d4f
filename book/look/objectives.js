// A reader ticks what they can do; it stays in this browser.
(() => {
  for (const box of document.querySelectorAll('ul.objectives input')) {
    const key = `dsc-objective:${box.name}`;
    try {
      box.checked = localStorage.getItem(key) !== null;
      box.addEventListener('change', () => {
        if (box.checked) localStorage.setItem(key, 'yes');
        else localStorage.removeItem(key);
      });
    } catch {
      // Not kept: cookies are off, or the book is a file.
    }
  }
})();
