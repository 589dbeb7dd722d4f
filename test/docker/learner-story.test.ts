import { learnerStory } from '../support/learner-story.ts';

// The other sessions, languages and mixes: test/stories.
learnerStory(1, 'py', 'docker');
