import test from 'ava';
import { stageValues, surroundings } from '../../../src/pipeline/stage/stage-values.ts';
import { parseTemplate } from '../../../src/templates/parse.ts';
import { render } from '../../../src/templates/render.ts';
import { aRun, buildsImage, imageStage, tools } from '../world.ts';

const repository = { ...buildsImage, name: 'Acme.App' };
const around = surroundings({ tools, registry: { push: 'r', pull: 'r', api: 'http://r' } }, {});

function rendered(text: string, run = aRun(1)): string {
  return render(parseTemplate('t', text), stageValues(run, repository, imageStage, around));
}

test('a template sees the version of the run, also as it was written for stencil', (t) => {
  const run = aRun(1, { version: '0.9.14-main-aaaagjhioon', branch: 'feature/x_1', tag: 'v0.9.14' });
  t.is(rendered('{{ .Version }} {{.duat.version}}', run), '0.9.14-main-aaaagjhioon 0.9.14-main-aaaagjhioon');
  t.is(rendered('{{.duat.module}} {{.duat.gitBranch}} {{.duat.gitTag}}', run), 'acme-app feature/x_1 v0.9.14');
  t.is(rendered('{{.duat.gitHash}} {{.duat.gitURL}}', run), `${run.commit.sha} https://git.example.com/app.git`);
  t.is(rendered('{{.duat.gitBranch | replace "/" "_" | replace "-" "_"}} {{ .Run.BranchSlug }}', run), 'feature_x_1 feature-x-1');
});

test('a run without a version has an empty one', (t) => {
  t.is(rendered('{{ .Version | default "none" }} [{{ .duat.version }}{{ .duat.gitTag }}]'), 'none []');
});
