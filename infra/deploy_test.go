package infra_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

func deploy(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../scripts/deploy", args...)
	cmd.Env = append(os.Environ(), "GLINT_REVISION=abc")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// TestDeploy: a dry run names every command in its order, and what is asked for
// wrongly does nothing.
func TestDeploy(t *testing.T) {
	for _, args := range [][]string{nil, {"-n"}, {"nowhere"}, {"-x", "dev"}, {"dev", "deploy"}} {
		if out, err := deploy(t, args...); err == nil || strings.Contains(out, "+ ") {
			t.Errorf("deploy %q: %v\n%s", args, err, out)
		}
	}
	files, err := filepath.Glob("env/*.tfvars")
	if err != nil || len(files) < 2 {
		t.Fatalf("environments: %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tfvars")
		out, err := deploy(t, "-n", name)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		at := 0
		for _, want := range []string{
			"scripts/check", "glint schedules infra >", "glint depots infra >", "glint roles >", "docker build -f infra/image/Dockerfile", "docker push",
			"-backend-config=prefix=glint/" + name, "plan -input=false -var-file=env/" + name + ".tfvars", "-out=.generated/plan-" + name,
			"apply -input=false .generated/plan-" + name, "glint publish",
		} {
			i := strings.Index(out[at:], want)
			if i < 0 {
				t.Fatalf("%s: %q is not next in\n%s", name, want, out[at:])
			}
			at += i
		}
	}
}

// TestDeployedEnvironment: what glint publish is told is what the functions are.
func TestDeployedEnvironment(t *testing.T) {
	out, err := deploy(t, "-n", "dev", "publish")
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`GLINT_\w+=\S+`).FindAllString(strings.ReplaceAll(out, "acme-glint-dev", project), -1)
	want := []string{"GLINT_LEDGER=glint"}
	for name, value := range startCloud(t).Env() {
		if !strings.HasSuffix(name, "_EMULATOR_HOST") {
			want = append(want, name+"="+strings.Replace(value, "gs://glint-", "gs://"+project+"-glint-", 1))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-local +deploy):\n%s", diff)
	}
}

// TestCloudBuild: the steps are there, in their order, and each part of
// scripts/deploy that they call exists.
func TestCloudBuild(t *testing.T) {
	text, err := os.ReadFile("../cloudbuild.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var build struct {
		Steps          []struct{ ID, Name, Script string }
		Images         []string
		ServiceAccount string            `yaml:"serviceAccount"`
		Substitutions  map[string]string `yaml:"substitutions"`
		Options        struct{ Logging string }
	}
	if err := yaml.Unmarshal(text, &build); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range build.Steps {
		ids = append(ids, s.ID)
		for _, call := range regexp.MustCompile(`scripts/deploy (?:-y )?"\$_ENVIRONMENT" (.*)`).FindAllStringSubmatch(s.Script, -1) {
			if out, err := deploy(t, append([]string{"-n", "prod"}, strings.Fields(call[1])...)...); err != nil {
				t.Errorf("step %s: %v\n%s", s.ID, err, out)
			}
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-n")
		cmd.Stdin = strings.NewReader(s.Script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("step %s: %v\n%s", s.ID, err, out)
		}
	}
	if diff := cmp.Diff([]string{"terraform", "check", "manifests", "image", "plan", "keep", "apply"}, ids); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if len(build.Images) != 1 || build.Options.Logging != "CLOUD_LOGGING_ONLY" || !strings.Contains(build.ServiceAccount, "glint-build@") || build.Substitutions["_APPLY"] != "false" {
		t.Errorf("build = %+v", build)
	}
}
