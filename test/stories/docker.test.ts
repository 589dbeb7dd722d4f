import { learnerStory, mixedCluster } from '../support/learner-story.ts';

learnerStory(2, 'ts', 'docker');
mixedCluster(1, 'ts,ts,py', 'docker');
mixedCluster(2, 'py,ts', 'docker');
learnerStory(3, 'py', 'docker');
learnerStory(4, 'ts', 'docker');
mixedCluster(4, 'ts,py', 'docker');
learnerStory(5, 'py', 'docker');
mixedCluster(5, 'py,ts', 'docker');
learnerStory(6, 'ts', 'docker');
mixedCluster(7, 'ts,py', 'docker');
learnerStory(8, 'py', 'docker');
mixedCluster(8, 'ts,py', 'docker');
learnerStory(9, 'ts', 'docker');
mixedCluster(9, 'py,ts', 'docker');
learnerStory(10, 'py', 'docker');
mixedCluster(10, 'ts,py', 'docker');
