import { learnerStory } from '../support/learner-story.ts';

// The other languages, runtimes and mixes: test/stories.
learnerStory(1, 'ts', 'process');
learnerStory(3, 'ts', 'process');
