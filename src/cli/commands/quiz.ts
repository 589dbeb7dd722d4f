import { type Chapter, chapterNumber, parseChapterNumber, type Question } from '../../course/chapter.ts';
import { readProgress, updateProgress } from '../../course/progress.ts';
import { optionLetter, rightLetter, type Score, score } from '../../course/quiz.ts';
import { loadChapters } from '../../course/read-chapters.ts';
import { loadLesson } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { findWorkspace } from '../../course/workspace.ts';
import type { Context } from '../context.ts';

export interface QuizOptions {
  chapter?: string;
  answers?: string;
  json?: boolean;
}

/** `dsc quiz`: asks a chapter's questions, or marks answers that were given with --answers. */
export async function run(options: QuizOptions, context: Context): Promise<ExitCode> {
  const workspace = await findWorkspace(context.cwd);
  const chapter = await chooseChapter(options.chapter, workspace);
  if (options.answers !== undefined) {
    const answers = lettersOf(options.answers, chapter);
    await finish(chapter, answers, workspace, options, context);
  } else if (options.json || !context.isTTY) {
    show(chapter, options, context);
  } else {
    const answers = await ask(chapter, context);
    await finish(chapter, answers, workspace, options, context);
  }
  return ExitCode.ok;
}

/** The chapter that was named; else the first of the session that was started last, or of the course. */
async function chooseChapter(text: string | undefined, workspace: string | undefined): Promise<Chapter> {
  const chapters = await loadChapters();
  if (text === undefined) {
    const session = workspace === undefined ? 0 : (await readProgress(workspace)).session;
    const pages = session > 0 ? (await loadLesson(session)).chapters : [];
    return chapters.find(({ page }) => page === pages[0]) ?? chapters[0]!;
  }
  const number = parseChapterNumber(text);
  const found = chapters.find((chapter) => chapter.name === text || chapterNumber(chapter) === number);
  if (found) return found;
  throw new UserError(`There is no quiz of a chapter "${text}".`, {
    code: 'no-such-chapter',
    why: `There are quizzes of the chapters ${chapters.map(chapterNumber).join(', ')}.`,
    fix: 'dsc quiz 1',
    exitCode: ExitCode.usage,
  });
}

function lettersOf(text: string, { quiz }: Chapter): string[] {
  const letters = [...text.toLowerCase().replace(/[^a-z]/g, '')];
  if (letters.length === quiz.length) return letters;
  throw new UserError(`The quiz has ${quiz.length} questions, and --answers has ${letters.length} letters.`, {
    code: 'wrong-answers',
    why: 'One letter for each question, in order.',
    fix: `dsc quiz, to see the questions; then for example --answers ${'abcab'.padEnd(quiz.length, 'c').slice(0, quiz.length)}`,
    exitCode: ExitCode.usage,
  });
}

/** Nobody is there to answer: the questions alone. */
function show(chapter: Chapter, { json }: QuizOptions, context: Context): void {
  if (json) {
    const questions = chapter.quiz.map(({ id, ask, options }) => ({
      id,
      ask,
      options: options.map(({ text }) => text),
    }));
    context.print(JSON.stringify({ chapter: chapter.name, questions }, null, 2));
    return;
  }
  for (const [index, question] of chapter.quiz.entries()) {
    context.print(context.paint.bold(`${index + 1}. ${plain(question.ask)}`));
    for (const [option, { text }] of question.options.entries()) {
      context.print(`   ${optionLetter(option)}) ${plain(text)}`);
    }
  }
  context.print('', `Answer with: dsc quiz ${chapterNumber(chapter)} --answers <letters>`);
}

/** One question after the other; each is explained at once. */
async function ask(chapter: Chapter, context: Context): Promise<string[]> {
  const { default: inquirer } = await import('inquirer');
  const answers: string[] = [];
  for (const [index, question] of chapter.quiz.entries()) {
    const choices = question.options.map(({ text }, option) => ({
      value: optionLetter(option),
      name: `${optionLetter(option)}) ${plain(text)}`,
    }));
    const message = `${index + 1}/${chapter.quiz.length} ${plain(question.ask)}`;
    const { answer } = await inquirer.prompt([
      { type: 'select', name: 'answer', message, choices, loop: false },
    ]);
    answers.push(answer);
    context.print(...explain(question, answer, context));
  }
  return answers;
}

async function finish(
  chapter: Chapter,
  answers: string[],
  workspace: string | undefined,
  { json, answers: given }: QuizOptions,
  context: Context,
): Promise<void> {
  const result = score(chapter, answers);
  if (workspace !== undefined) await remember(workspace, chapter, result);
  if (json) {
    const marks = chapter.quiz.map((question, index) => ({
      id: question.id,
      answer: answers[index],
      right: rightLetter(question),
    }));
    context.print(JSON.stringify({ chapter: chapter.name, ...result, questions: marks }, null, 2));
    return;
  }
  if (given !== undefined) {
    for (const [index, question] of chapter.quiz.entries()) {
      context.print(context.paint.bold(`${index + 1}. ${plain(question.ask)}`));
      context.print(...explain(question, answers[index]!, context));
    }
  }
  context.print(context.paint.bold(`${result.right} of ${result.of} right.`));
}

function explain(question: Question, answer: string, { paint }: Context): string[] {
  const right = rightLetter(question);
  const chosen = question.options[answer.charCodeAt(0) - 'a'.charCodeAt(0)];
  const why = (letter: string) =>
    plain(question.options.find((_, index) => optionLetter(index) === letter)!.why);
  const lines =
    answer === right
      ? [paint.green(`   ✔ ${why(right)}`)]
      : [
          paint.red(`   ✖ ${answer}) ${chosen ? plain(chosen.why) : 'is no option.'}`),
          `     ${right}) ${why(right)}`,
        ];
  if (question.try) lines.push(paint.dim(`     Try it: ${question.try.command}`));
  return [...lines, ''];
}

/** The best result counts. */
async function remember(workspace: string, { name }: Chapter, { right, of }: Score): Promise<void> {
  await updateProgress(workspace, (progress) => {
    progress.quizzes ??= {};
    if ((progress.quizzes[name]?.right ?? -1) < right) progress.quizzes[name] = { right, of };
  });
}

/** Inline Markdown without its marks. */
function plain(text: string): string {
  return text.replace(/\*\*|`/g, '').replaceAll('\n', ' ');
}
