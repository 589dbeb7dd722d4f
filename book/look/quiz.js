// Each choice in a quiz is explained at once, and kept. Without JavaScript the answers open on a click.
(() => {
  for (const form of document.querySelectorAll('form.quiz')) {
    const questions = [...form.querySelectorAll('fieldset[data-question]')];
    const score = document.createElement('p');
    score.className = 'quiz-score';
    score.setAttribute('role', 'status');
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = 'Try again';
    again.addEventListener('click', () => {
      for (const question of questions) forget(question);
      count();
    });
    form.append(score, again);
    form.addEventListener('submit', (event) => event.preventDefault());
    for (const question of questions) {
      question.querySelector('.answer').hidden = true;
      question.addEventListener('change', ({ target }) => {
        if (target.type !== 'radio') return;
        mark(question, target.value);
        write(question.dataset.question, target.value);
        count();
      });
      const kept = read(question.dataset.question);
      const radio = [...question.querySelectorAll('input')].find((input) => input.value === kept);
      if (radio) {
        radio.checked = true;
        mark(question, kept);
      }
    }
    count();

    function count() {
      const answered = questions.filter(({ dataset }) => dataset.answer).length;
      const right = questions.filter(({ dataset }) => dataset.answer === 'right').length;
      score.textContent = answered === 0 ? '' : `${right} right of ${answered} answered, ${questions.length} in all.`;
      again.hidden = answered === 0;
    }
  }

  function mark(question, letter) {
    const answer = question.querySelector('.answer');
    const reasons = [...answer.querySelectorAll('[data-option]')];
    const chosen = reasons.find(({ dataset }) => dataset.option === letter);
    question.dataset.answer = chosen.dataset.right === 'true' ? 'right' : 'wrong';
    for (const label of question.querySelectorAll('label')) {
      const reason = reasons.find(({ dataset }) => dataset.option === label.querySelector('input').value);
      label.dataset.mark = reason.dataset.right === 'true' ? 'right' : reason === chosen ? 'wrong' : '';
    }
    answer.hidden = false;
    answer.open = true;
  }

  function forget(question) {
    delete question.dataset.answer;
    for (const label of question.querySelectorAll('label')) delete label.dataset.mark;
    for (const input of question.querySelectorAll('input')) input.checked = false;
    const answer = question.querySelector('.answer');
    answer.open = false;
    answer.hidden = true;
    write(question.dataset.question, null);
  }

  function read(id) {
    try {
      return localStorage.getItem(`dsc-quiz:${id}`);
    } catch {
      return null;
    }
  }

  function write(id, letter) {
    try {
      if (letter === null) localStorage.removeItem(`dsc-quiz:${id}`);
      else localStorage.setItem(`dsc-quiz:${id}`, letter);
    } catch {
      // Not kept: cookies are off, or the book is a file.
    }
  }
})();
