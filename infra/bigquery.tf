locals {
  # Datasets that workflows address, wherever they are.
  addressed = merge([
    for d in values(local.depots) : {
      for s in d.datasets : "${d.project}.${s.name}" => { project = d.project, dataset = s.name, write = s.write }
    } if d.type == "BIGQUERY"
  ]...)

  written_projects = toset([for s in values(local.addressed) : s.project if s.write])

  # Permissions that no predefined role gives without giving much more.
  own_permissions = toset(flatten([for r in local.roles : r.permissions if r.scope == "dataset_write" && r.role == ""]))
}

# The tables are the workflows': a run replaces rows and columns together, so
# Terraform would find a difference at every plan.
resource "google_bigquery_dataset" "main" {
  for_each = var.datasets

  dataset_id                 = each.key
  location                   = var.bigquery_location
  max_time_travel_hours      = tostring(each.value.max_time_travel_hours) # how far back a wrong run can be undone
  delete_contents_on_destroy = !var.protected
  depends_on                 = [google_project_service.main]
}

resource "google_bigquery_dataset_iam_member" "runner" {
  for_each = merge([
    for key, s in local.addressed : {
      for role in local.scoped[s.write ? "dataset_write" : "dataset_read"] : "${key} ${role}" => { project = s.project, dataset = s.dataset, role = role }
    }
  ]...)

  project    = each.value.project
  dataset_id = each.value.dataset
  role       = each.value.role
  member     = google_service_account.runner.member
  depends_on = [google_bigquery_dataset.main]
}

# A role of our own is granted only inside the project that it is of.
resource "google_project_iam_custom_role" "writer" {
  for_each = local.written_projects

  project     = each.key
  role_id     = "glint_${replace(var.environment, "-", "_")}_writer"
  title       = "Glint ${var.environment}: looks at tables before it replaces them"
  permissions = local.own_permissions
}

resource "google_bigquery_dataset_iam_member" "writer" {
  for_each = { for key, s in local.addressed : key => s if s.write }

  project    = each.value.project
  dataset_id = each.value.dataset
  role       = google_project_iam_custom_role.writer[each.value.project].id
  member     = google_service_account.runner.member
  depends_on = [google_bigquery_dataset.main]
}
