import { learnerStory, mixedCluster } from '../support/learner-story.ts';

learnerStory(1, 'ts', 'process');
learnerStory(2, 'py', 'process');
mixedCluster(1, 'ts,ts,py', 'process');
mixedCluster(1, 'py,py,ts', 'process');
mixedCluster(2, 'ts,py', 'process');
mixedCluster(2, 'py,ts', 'process');
learnerStory(3, 'ts', 'process');
mixedCluster(3, 'ts,py', 'process');
learnerStory(4, 'py', 'process');
learnerStory(5, 'ts', 'process');
mixedCluster(4, 'py,ts', 'process');
mixedCluster(5, 'ts,py', 'process');
