/** What the product's tests may use of the sandbox, and all that they may. */
export { git } from './git/run-git.ts';
export { startGitServer } from './git/server.ts';
export type { GithubAnswer, GithubExchange, GithubRequest } from './github/exchanges.ts';
export type { Faults, FaultyAnswer, Loss } from './github/faults.ts';
export { type Github, startGithub } from './github/github.ts';
export { type Kubernetes, startKubernetes } from './kubernetes/kubernetes.ts';
export { startRegistry } from './registry/registry.ts';
export type { Message } from './slack/model.ts';
export { type SlackOptions, startSlack } from './slack/start.ts';
export { githubName, type RealCluster, startWorld, type World, type WorldOptions } from './world.ts';
