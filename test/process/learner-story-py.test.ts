import { learnerStory } from '../support/learner-story.ts';

// The other languages, runtimes and mixes: test/stories.
learnerStory(2, 'py', 'process');
learnerStory(4, 'py', 'process');
