import { annotation } from './annotation.ts';
import { code, fence } from './code.ts';
import { chapterOf, type Directive, type Use } from './directive.ts';
import { inlineHtml } from './inline.ts';
import { quiz } from './quiz.ts';
import { schedule } from './schedule.ts';
import { fileOf, shownText } from './transcript.ts';

const objectives: Directive = {
  html: (use) => {
    const { name = '', objectives = [] } = chapterOf(use) ?? {};
    const items = objectives.map(
      ({ id, text }) =>
        `<li><label><input type="checkbox" name="${name}-${id}"> <span>${inlineHtml(text)}</span></label></li>`,
    );
    return ['After this chapter you can', '', '<ul class="objectives">', ...items, '</ul>'].join('\n');
  },
  terminal: (use) => {
    const { objectives = [] } = chapterOf(use) ?? {};
    return ['After this chapter you can', '', ...objectives.map(({ text }) => `- [ ] ${text}`)].join('\n');
  },
};

/** `{{#compose 01-queue}}`: the very file that dsc and docker compose bring up. */
const compose: Directive = same(({ argument, sources, report }) => {
  const text = sources.compose.get(argument);
  if (text === undefined) report(`there is no compose/${argument}/docker-compose.yml`);
  return [`\`compose/${argument}/docker-compose.yml\``, fence('yaml', text ?? '')].join('\n\n');
});

/** `{{#transcript paused-node}}`: commands and what they print, renewed and checked by running them. */
const transcript: Directive = same(({ argument, sources, report }) => {
  const recorded = sources.transcripts.get(argument);
  if (!recorded) report(`there is no ${fileOf(argument)}`);
  return recorded ? fence('console', shownText(recorded)) : '';
});

/** Every `{{#name}}` that a page may use. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  annotation,
  code,
  compose,
  objectives,
  quiz,
  schedule,
  transcript,
};

function same(render: (use: Use) => string): Directive {
  return { html: render, terminal: render };
}
