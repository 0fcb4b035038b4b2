locals {
  # Secrets that depots name. Their values are DataOS's own: a JSON object.
  secrets = toset(flatten(values(local.depots)[*].secrets))
}

resource "google_secret_manager_secret" "main" {
  for_each = local.secrets

  secret_id           = each.key
  deletion_protection = var.protected
  depends_on          = [google_project_service.main]

  replication {
    auto {}
  }
}

# The key that Event Grid's requests bear.
resource "google_secret_manager_secret" "event_key" {
  count = var.event_grid ? 1 : 0

  secret_id           = "glint-event-key"
  deletion_protection = var.protected
  depends_on          = [google_project_service.main]

  replication {
    auto {}
  }
}

# Neither plan nor state has the value: it is sent when the version counts up.
# One that is then not given is written as {}, which a depot refuses by name.
resource "google_secret_manager_secret_version" "main" {
  for_each = var.secret_versions

  secret                 = try(google_secret_manager_secret.main[each.key].id, google_secret_manager_secret.event_key[0].id)
  secret_data_wo         = lookup(var.secret_values, each.key, "{}")
  secret_data_wo_version = each.value

  lifecycle {
    precondition {
      condition     = contains(local.secrets, each.key) || (var.event_grid && each.key == "glint-event-key")
      error_message = "secret_versions names ${each.key}, which no depot does."
    }
  }
}

resource "google_secret_manager_secret_iam_member" "depot" {
  for_each = { for pair in setproduct(local.secrets, local.scoped["secrets"]) : join(" ", pair) => pair }

  secret_id = google_secret_manager_secret.main[each.value[0]].id
  role      = each.value[1]
  member    = google_service_account.runner.member
}

resource "google_secret_manager_secret_iam_member" "event_key" {
  count = var.event_grid ? 1 : 0

  secret_id = google_secret_manager_secret.event_key[0].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runner.member
}
