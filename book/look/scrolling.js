// What scrolls sideways can be reached and scrolled by keyboard.
(() => {
  const scrollable = () => {
    for (const box of document.querySelectorAll('pre > code, .table-wrapper, figure.diagram .drawing')) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute('role', 'region');
        box.setAttribute('aria-label', 'Scrolls sideways');
      } else if (box.getAttribute('aria-label') === 'Scrolls sideways') {
        box.removeAttribute('tabindex');
        box.removeAttribute('role');
        box.removeAttribute('aria-label');
      }
    }
  };
  new ResizeObserver(scrollable).observe(document.body);
})();
