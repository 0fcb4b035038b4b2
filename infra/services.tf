resource "google_project_service" "main" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ])

  service            = each.key
  disable_on_destroy = false # others may use it
}

# Reading waits until the services are on: the accounts of Google's own services
# are known only then.
data "google_project" "main" {
  project_id = var.project
  depends_on = [google_project_service.main]
}

data "google_storage_project_service_account" "main" {
  depends_on = [google_project_service.main]
}
