package infra_test

import (
	"strings"
	"testing"
)

// TestSchema holds every argument, block and reference of the .tf files to the
// provider's own schema.
func TestSchema(t *testing.T) {
	for _, m := range loadSchema(t).check(parse(t, terraformFiles(t))) {
		t.Error(m)
	}
}

// TestSchemaFinds plants mistakes in a copy: each must be found.
func TestSchemaFinds(t *testing.T) {
	schema := loadSchema(t)
	for _, m := range []struct{ name, file, old, new, want string }{
		{"invented argument", "pubsub.tf", "ack_deadline_seconds ", "push_timeout_seconds ", "there is no argument push_timeout_seconds"},
		{"invented block", "pubsub.tf", "retry_policy {", "backoff_policy {", "there is no block backoff_policy"},
		{"invented argument deep down", "functions.tf", "cpu_idle ", "cpu_sleeps ", "there is no argument cpu_sleeps"},
		{"invented argument in dynamic", "functions.tf", "value = env.value", "valeu = env.value", "there is no argument valeu"},
		{"invented resource", "registry.tf", "google_artifact_registry_repository\"", "google_artefact_repository\"", "no resource \"google_artefact_repository\""},
		{"required argument", "buckets.tf", "  name         = each.key\n", "", "name is missing"},
		{"required block", "secrets.tf", "  replication {\n    auto {}\n  }\n", "", "0 blocks replication"},
		{"one block too many", "registry.tf", "  docker_config {", "  docker_config {}\n  docker_config {", "2 blocks docker_config"},
		{"argument for block", "pubsub.tf", "  retry_policy {\n    minimum_backoff = each.value.minimum_backoff\n    maximum_backoff = \"600s\"\n  }", "  retry_policy = {}", "retry_policy is a block"},
		{"text for number", "pubsub.tf", "max_delivery_attempts = 30", "max_delivery_attempts = \"thirty\"", "max_delivery_attempts: a number is required"},
		{"quoted number", "pubsub.tf", "max_delivery_attempts = 30", "max_delivery_attempts = \"30\"", "max_delivery_attempts is a number, not a string"},
		{"text for bool", "functions.tf", "cpu_idle          = true", "cpu_idle          = \"yes\"", "cpu_idle: a bool is required"},
		{"template for number", "pubsub.tf", "= each.value.ack_seconds", "= \"${each.value.ack_seconds}s\"", "ack_deadline_seconds is a number, not a string"},
		{"text for list", "pubsub.tf", "[\"OBJECT_FINALIZE\"]", "\"OBJECT_FINALIZE\"", "event_types: set of string required"},
		{"computed argument", "accounts.tf", "account_id   = \"glint-run\"", "account_id   = \"glint-run\"\n  unique_id   = \"1\"", "unique_id is what the provider says"},
		{"reference to nothing", "outputs.tf", "google_service_account.runner.email", "google_service_account.worker.email", "there is no google_service_account.worker"},
		{"reference to no attribute", "outputs.tf", "google_service_account.runner.email", "google_service_account.runner.mail", "has no attribute mail"},
		{"unknown variable", "outputs.tf", "var.project", "var.projekt", "there is no var.projekt"},
		{"unknown local", "outputs.tf", "local.environment", "local.env", "there is no local.env"},
	} {
		t.Run(m.name, func(t *testing.T) {
			files := terraformFiles(t)
			if !strings.Contains(files[m.file], m.old) {
				t.Fatalf("%s has no %q", m.file, m.old)
			}
			files[m.file] = strings.Replace(files[m.file], m.old, m.new, 1)
			found := schema.check(parse(t, files))
			if !strings.Contains(strings.Join(found, "\n"), m.want) {
				t.Errorf("want %q, found %q", m.want, found)
			}
		})
	}
}
