import { ChatClient } from '/chat-client.js';

/** The page of the chat. Names and messages come from other people: they are shown as text, never as HTML. */

const byId = (id) => document.getElementById(id);
const enter = byId('enter');
const say = byId('say');
const log = byId('log');
const messages = byId('messages');

/** No more messages than this are on the page. */
const MAX_SHOWN = 1000;

let client;
let userId = '';
let people = [];

const asked = new URLSearchParams(location.search);
for (const name of ['userId', 'roomId', 'server']) {
  if (asked.get(name)) enter.elements[name].value = asked.get(name);
}
enter.elements.server.value ||= location.host;
enter.elements.userId.focus();
// What scrolls must be reached with the keyboard, too.
log.tabIndex = 0;

enter.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(enter);
  const [name, roomId, server] = ['userId', 'roomId', 'server'].map((field) =>
    String(form.get(field)).trim(),
  );
  if (!name || !roomId) return;
  if (!/^[\w.-]+:\d+$|^[\w.-]+$|^\[[\da-f:]+\](:\d+)?$/i.test(server)) {
    return showStatus({ state: 'ended', reason: 'a server is written host:port' });
  }
  client?.stop();
  userId = name;
  messages.replaceChildren();
  byId('outbox').replaceChildren();
  byId('notice').textContent = '';
  byId('room').hidden = false;
  document.title = `${roomId} · Chat`;
  client = join({ server, userId, roomId });
  byId('content').focus();
});

say.addEventListener('submit', (event) => {
  event.preventDefault();
  const content = byId('content').value;
  if (content.trim() === '') return;
  byId('content').value = '';
  byId('notice').textContent = '';
  client.send(content);
});

// "Last heard of" grows old while nothing happens.
setInterval(() => showPeople(people), 5000);

function join(options) {
  const joined = new ChatClient(options);
  const on = (type, show) =>
    joined.addEventListener(type, ({ detail }) => {
      if (joined === client) show(detail);
    });
  client = joined;
  on('status', showStatus);
  on('message', showMessage);
  on('outbox', showOutbox);
  on('presence', showPeople);
  on('missed', showMissed);
  on('refused', ({ message }) => {
    byId('notice').textContent = message;
  });
  joined.start();
  return joined;
}

function showStatus({ state, reason, retryMs }) {
  const texts = {
    connecting: 'Connecting …',
    joined: `In the room as ${userId}`,
    waiting: `Disconnected: ${reason}. Next try in ${((retryMs ?? 0) / 1000).toFixed(1)} s`,
    ended: `Not connected: ${reason}`,
  };
  byId('status').dataset.state = state;
  byId('status').textContent = texts[state];
}

function showMessage({ sequenceNumber, userId: sender, timestamp, content }) {
  const time = element('time', new Date(timestamp).toLocaleTimeString());
  time.dateTime = new Date(timestamp).toISOString();
  const head = element('span');
  head.append(element('span', sender, 'who'), time);
  const row = element('li', '', sender === userId ? 'own' : 'other');
  row.append(element('span', String(sequenceNumber), 'number'), head, element('span', content, 'content'));
  append(row);
}

function showMissed(count) {
  append(element('li', `Messages missed: ${count}. This server does not have them.`, 'note'));
}

/** Follows what is said, unless the reader looks at something further up. */
function append(row) {
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  messages.append(row);
  while (messages.children.length > MAX_SHOWN) messages.firstElementChild.remove();
  if (follows) log.scrollTop = log.scrollHeight;
}

function showOutbox(outbox) {
  byId('outbox').replaceChildren(...outbox.map(({ content }) => element('li', content)));
}

function showPeople(everybody) {
  people = everybody.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  byId('people').replaceChildren(
    ...people.map(({ userId: name, status, lastSeen }) => {
      const row = element('li', name);
      row.dataset.status = status;
      if (status === 'offline') {
        const seconds = Math.max(0, Math.round((Date.now() - lastSeen) / 1000));
        row.append(element('span', `gone; last heard of ${seconds} s ago`, 'seen'));
      } else row.append(element('span', 'is here', 'unseen'));
      return row;
    }),
  );
}

function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
