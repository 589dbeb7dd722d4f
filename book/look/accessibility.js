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

// mdBook's button for the table of contents is a <label>: here it is a button for keyboards and screen readers too.
(() => {
  const toggle = document.querySelector('label#mdbook-sidebar-toggle');
  if (!toggle) return;
  toggle.setAttribute('role', 'button');
  toggle.tabIndex = 0;
  toggle.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    toggle.click();
  });
})();
