// Mermaid draws each diagram once. Its colours are stand-ins, which then become CSS variables (dsc.css), so that a
// drawing follows the theme without being drawn again, and is light on paper.
(() => {
  const figures = [...document.querySelectorAll('figure.diagram')];
  if (figures.length === 0) return;
  const STAND_INS = {
    surface: '#010203',
    node: '#010205',
    text: '#010207',
    border: '#010209',
    line: '#01020b',
    note: '#01020d',
    group: '#01020f',
  };
  const { surface, node, text, border, line, note, group } = STAND_INS;
  const themeVariables = {
    darkMode: false,
    useGradient: false,
    dropShadow: 'none',
    background: surface,
    primaryColor: node,
    primaryTextColor: text,
    primaryBorderColor: border,
    secondaryColor: group,
    secondaryTextColor: text,
    secondaryBorderColor: border,
    tertiaryColor: group,
    tertiaryTextColor: text,
    tertiaryBorderColor: border,
    lineColor: line,
    arrowheadColor: line,
    textColor: text,
    titleColor: text,
    mainBkg: node,
    nodeBkg: node,
    nodeBorder: border,
    nodeTextColor: text,
    clusterBkg: group,
    clusterBorder: border,
    edgeLabelBackground: surface,
    defaultLinkColor: line,
    actorBkg: node,
    actorBorder: border,
    actorTextColor: text,
    actorLineColor: line,
    signalColor: line,
    signalTextColor: text,
    labelBoxBkgColor: group,
    labelBoxBorderColor: border,
    labelTextColor: text,
    loopTextColor: text,
    noteBkgColor: note,
    noteTextColor: text,
    noteBorderColor: border,
    activationBkgColor: group,
    activationBorderColor: border,
    sequenceNumberColor: surface,
    stateBkg: node,
    stateBorder: border,
    stateLabelColor: text,
    transitionColor: line,
    transitionLabelColor: text,
    labelBackgroundColor: surface,
    compositeBackground: group,
    compositeTitleBackground: group,
    compositeBorder: border,
    altBackground: group,
    innerEndBackground: line,
    specialStateColor: line,
    errorBkgColor: note,
    errorTextColor: text,
    classText: text,
    fontFamily: 'inherit',
  };

  const drawn = load().then(drawAll);
  // print.html prints 100 ms after it was loaded: not before every diagram is there.
  const print = window.print.bind(window);
  window.print = () => drawn.finally(print);

  function load() {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${path_to_root}assets/mermaid.tiny.js`;
      script.onload = resolve;
      script.onerror = () => reject(new Error('Mermaid was not loaded; the diagrams stay text.'));
      document.head.append(script);
    });
  }

  async function drawAll() {
    mermaid.initialize({
      startOnLoad: false,
      theme: 'base',
      themeVariables,
      look: 'classic',
      htmlLabels: false,
      deterministicIds: true,
      securityLevel: 'strict',
      flowchart: { htmlLabels: false },
      // Five participants fit the width of a page.
      sequence: { width: 100, actorMargin: 30 },
    });
    for (const [number, figure] of figures.entries()) {
      const source = figure.querySelector('.diagram-source');
      const { svg } = await mermaid.render(`diagram-${number}`, source.textContent);
      const drawing = document.createElement('div');
      drawing.className = 'drawing';
      drawing.innerHTML = withVariables(svg);
      keepReadable(drawing.querySelector('svg'));
      figure.prepend(drawing);
      for (const state of drawing.querySelectorAll('.statediagram-state')) centre(state);
      fold(source, figure);
    }
    document.documentElement.dataset.diagrams = 'drawn';
  }

  /** `#010203` and `rgb(1, 2, 3)` both become `var(--diagram-surface)`. */
  function withVariables(svg) {
    return Object.entries(STAND_INS).reduce((text, [name, hex]) => {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const variable = `var(--diagram-${name})`;
      const faded = `color-mix(in srgb, ${variable} calc($1 * 100%), transparent)`;
      return text
        .replace(new RegExp(hex, 'gi'), variable)
        .replace(new RegExp(`rgb\\(${r}, ?${g}, ?${b}\\)`, 'g'), variable)
        .replace(new RegExp(`rgba\\(${r}, ?${g}, ?${b}, ?([\\d.]+)\\)`, 'g'), faded);
    }, svg);
  }

  /** The text stays within reach, for those who read it rather than the drawing. */
  function fold(source, figure) {
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = 'The diagram as text';
    figure.append(details);
    details.append(summary, source);
  }

  /** Without HTML labels Mermaid 12 leaves the name of a state at the left edge of its box. */
  function centre(state) {
    const [box, text] = [state.querySelector('rect.label-container'), state.querySelector('.label text')];
    if (!box || !text) return;
    const middle = ({ left, width }) => left + width / 2;
    const scale = box.getBoundingClientRect().width / box.getBBox().width;
    const off = middle(box.getBoundingClientRect()) - middle(text.getBoundingClientRect());
    text.setAttribute('transform', `translate(${off / scale} 0)`);
  }

  /** On a phone a wide drawing scrolls; shrunk to the screen nobody could read it. */
  function keepReadable(svg) {
    const SMALLEST = 0.75;
    svg.style.minWidth = `${Math.round(svg.viewBox.baseVal.width * SMALLEST)}px`;
  }
})();
