# The account that the functions run as.
resource "google_service_account" "runner" {
  account_id   = "glint-run"
  display_name = "Glint: runs workflows"
  depends_on   = [google_project_service.main]
}

# The account as which Pub/Sub and the scheduler call the functions. It may do
# nothing else.
resource "google_service_account" "caller" {
  account_id   = "glint-push"
  display_name = "Glint: calls the functions"
  depends_on   = [google_project_service.main]
}

resource "google_project_iam_member" "runner" {
  for_each = local.scoped["project"]

  project = var.project
  role    = each.key
  member  = google_service_account.runner.member
}

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.main.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
