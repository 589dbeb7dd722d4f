import { learnerStory, mixedCluster } from '../support/learner-story.ts';

learnerStory(1, 'py', 'process');
mixedCluster(1, 'ts,ts,py', 'process');
mixedCluster(1, 'py,py,ts', 'process');
learnerStory(2, 'ts', 'process');
mixedCluster(2, 'ts,py', 'process');
mixedCluster(2, 'py,ts', 'process');
learnerStory(3, 'py', 'process');
mixedCluster(3, 'ts,py', 'process');
learnerStory(4, 'ts', 'process');
mixedCluster(4, 'py,ts', 'process');
learnerStory(5, 'py', 'process');
mixedCluster(5, 'ts,py', 'process');
learnerStory(6, 'py', 'process');
mixedCluster(6, 'py', 'process');
learnerStory(7, 'ts', 'process');
mixedCluster(7, 'ts,py', 'process');
mixedCluster(7, 'py,ts', 'process');
