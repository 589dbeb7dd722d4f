import { chapterNumber, type Option, type Question } from '../course/chapter.ts';
import { optionLetter } from '../course/quiz.ts';
import { chapterOf, type Directive, type Use } from './directive.ts';
import { escapeHtml } from './escape-html.ts';
import { inlineHtml } from './inline.ts';
import { fileOf } from './transcript.ts';

/** The chapter's questions. Without JavaScript the answers open on a click; with it, each choice is explained. */
export const quiz: Directive = {
  html: (use) => {
    const chapter = chapterOf(use);
    if (!chapter) return '';
    for (const question of chapter.quiz) checkTrial(question, use);
    const questions = chapter.quiz.map((question, index) => questionHtml(question, index + 1));
    return [`<form class="quiz" data-quiz="${chapter.name}">`, ...questions, '</form>'].join('\n');
  },
  terminal: (use) => {
    const chapter = chapterOf(use);
    return chapter ? `The questions of this chapter: \`dsc quiz ${chapterNumber(chapter)}\`` : '';
  },
};

/** What a prediction says must be what the recorded run shows. */
function checkTrial({ try: trial, line }: Question, { sources, report }: Use): void {
  if (!trial) return;
  const recorded = sources.transcripts.get(trial.transcript);
  if (!recorded) report(`there is no ${fileOf(trial.transcript)}`, line);
  else if (!recorded.steps.some(({ output }) => output.includes(trial.shows))) {
    report(`no output in ${fileOf(trial.transcript)} shows ${trial.shows}`, line);
  } else if (!recorded.steps.some(({ command }) => command.includes(trial.command))) {
    report(`${fileOf(trial.transcript)} does not run "${trial.command}"`, line);
  }
}

function questionHtml(question: Question, number: number): string {
  const { id, ask, options } = question;
  return [
    `<fieldset data-question="${escapeHtml(id)}">`,
    `<legend>${number}. ${inlineHtml(ask)}</legend>`,
    ...options.map((option, index) => optionHtml(id, option, index)),
    '<details class="answer"><summary>Answer</summary>',
    ...options.map(whyHtml),
    ...(question.try ? [`<p>Try it: <code>${escapeHtml(question.try.command)}</code></p>`] : []),
    '</details>',
    '</fieldset>',
  ].join('\n');
}

function optionHtml(id: string, { text }: Option, index: number): string {
  const letter = optionLetter(index);
  return `<label><input type="radio" name="${escapeHtml(id)}" value="${letter}"> <span>${letter}) ${inlineHtml(text)}</span></label>`;
}

function whyHtml({ right, why }: Option, index: number): string {
  const letter = optionLetter(index);
  const word = right ? 'is right.' : 'is not.';
  return `<p data-option="${letter}" data-right="${right}"><strong>${letter}) ${word}</strong> ${inlineHtml(why)}</p>`;
}
