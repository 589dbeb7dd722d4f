// Tabs for TypeScript and Python. The choice is one for the whole book: it stands on <html data-language>,
// and dsc.css shows the pane that has it. Without JavaScript, and on paper, both panes are there.
(() => {
  const KEY = 'dsc-language';
  const root = document.documentElement;
  const groups = [...document.querySelectorAll('.languages')];
  if (groups.length === 0) return;
  const tabs = groups.flatMap(addTabs);
  show(root.dataset.language);
  showTarget();

  window.addEventListener('hashchange', showTarget);
  // Another window of the same book.
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY && newValue) show(newValue);
  });

  /** @returns the tabs of one group */
  function addTabs(group, number) {
    const list = document.createElement('div');
    list.className = 'language-tabs';
    list.setAttribute('role', 'tablist');
    list.setAttribute('aria-label', 'Programming language');
    const own = [...group.querySelectorAll(':scope > .language-pane')].map((pane) => {
      const { language, name } = pane.dataset;
      const tab = document.createElement('button');
      tab.type = 'button';
      tab.textContent = name;
      tab.id = `language-tab-${number}-${language}`;
      tab.dataset.language = language;
      tab.setAttribute('role', 'tab');
      pane.id = `language-pane-${number}-${language}`;
      pane.setAttribute('role', 'tabpanel');
      pane.setAttribute('aria-labelledby', tab.id);
      tab.setAttribute('aria-controls', pane.id);
      tab.addEventListener('click', () => choose(tab));
      return tab;
    });
    list.append(...own);
    list.addEventListener('keydown', (event) => moveOn(event, own));
    group.prepend(list);
    return own;
  }

  function moveOn(event, own) {
    const at = own.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: own.length - 1 }[event.key];
    if (to === undefined) return;
    // mdBook turns the page on arrows.
    event.stopPropagation();
    event.preventDefault();
    const tab = own.at(to % own.length);
    choose(tab);
    tab.focus();
  }

  /** The tab stays under the pointer although panes above it change their height. */
  function choose(tab) {
    const before = tab.getBoundingClientRect().top;
    show(tab.dataset.language);
    window.scrollBy(0, tab.getBoundingClientRect().top - before);
    try {
      localStorage.setItem(KEY, tab.dataset.language);
    } catch {
      // Not kept: cookies are off, or the book is a file.
    }
  }

  function show(language) {
    root.dataset.language = language;
    for (const tab of tabs) {
      const chosen = tab.dataset.language === language;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
  }

  /** A link may lead into a pane that is hidden. */
  function showTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const language = target && target.closest('.language-pane')?.dataset.language;
    if (!language || language === root.dataset.language) return;
    show(language);
    target.scrollIntoView();
  }
})();
