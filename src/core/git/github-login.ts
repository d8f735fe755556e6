/** The variables by which the bot can be somebody at GitHub, for sentences that ask for them. */
export const githubVariables = 'GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_KEY of a GitHub App';

/** What is said where none of them is set. */
export const noGithubLogin = 'neither GITHUB_TOKEN nor a GitHub App (GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID, GITHUB_APP_KEY) is set';
