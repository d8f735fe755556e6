/** The variables that give the bot a GitHub identity, for messages that ask for them. */
export const githubVariables = 'GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_KEY of a GitHub App';

/** The message if none of them is set. */
export const noGithubLogin = 'neither GITHUB_TOKEN nor a GitHub App (GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID, GITHUB_APP_KEY) is set';
