# Cloud Build of this environment, if var.build says so: every push is checked
# and planned; the apply of the same commit waits for somebody's approval.
locals {
  built = var.build == null ? toset([]) : toset(["plan", "apply"])

  # What an apply changes, by role. IAM of the project is below.
  builder_roles = var.build == null ? toset([]) : toset([
    "roles/artifactregistry.admin",
    "roles/bigquery.dataOwner",
    "roles/cloudbuild.builds.editor",
    "roles/cloudscheduler.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/logging.logWriter",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ])

  grantable = join(", ", [for role in local.scoped["project"] : "'${role}'"])
}

resource "google_service_account" "builder" {
  count = var.build == null ? 0 : 1

  account_id   = "glint-build"
  display_name = "Glint: builds, plans and applies"
  depends_on   = [google_project_service.main]
}

resource "google_project_iam_member" "builder" {
  for_each = local.builder_roles

  project = var.project
  role    = each.key
  member  = google_service_account.builder[0].member
}

# The builder may grant what the runner gets on the project, and nothing else: it
# cannot make itself an owner. Its own grants are changed from a laptop.
resource "google_project_iam_member" "builder_grants" {
  count = var.build == null ? 0 : 1

  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.builder[0].member

  condition {
    title      = "the runner's roles only"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${local.grantable}])"
  }
}

# To deploy a service as an account, or to let Pub/Sub call as one, takes this.
resource "google_service_account_iam_member" "builder" {
  for_each = var.build == null ? {} : { runner = google_service_account.runner.name, caller = google_service_account.caller.name }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.builder[0].member
}

resource "google_cloudbuild_trigger" "main" {
  for_each = local.built

  name            = "glint-${var.environment}-${each.key}"
  location        = var.region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.builder[0].id
  depends_on      = [google_project_service.main]

  substitutions = {
    _APPLY       = each.key == "apply" ? "true" : "false"
    _ENVIRONMENT = var.environment
    _REPOSITORY  = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.main.repository_id}"
  }

  approval_config {
    approval_required = each.key == "apply"
  }

  github {
    owner = split("/", var.build.repository)[0]
    name  = split("/", var.build.repository)[1]

    push {
      branch = var.build.branch
    }
  }
}
